import type { Clock } from "./Clock";
import type { Containers } from "./Containers";
import type { Front } from "./Front";
import type { Hooks } from "./Hooks";
import type { Images } from "./Images";
import type { Journal } from "./Journal";
import type { Progress } from "./Progress";
import type { Seen } from "./Seen";

/** One service in one `up`: all that a procedure may see and change. */
export interface Up {
    /** Name of the service. */
    readonly service: string;
    readonly containers: Containers;
    readonly images: Images;
    readonly front: Front;
    readonly journal: Journal;
    readonly hooks: Hooks;
    readonly clock: Clock;
    readonly progress: Progress;

    /** Reads the live system, as far as this service is concerned. */
    look(): Promise<Seen>;
}
