import type { Color } from "../model/Color";
import type { PolicySettings } from "../model/PolicySettings";
import type { Clock } from "./Clock";
import type { Containers } from "./Containers";
import type { Front } from "./Front";
import type { Hooks } from "./Hooks";
import type { Journal } from "./Journal";
import type { Progress } from "./Progress";
import type { Seen } from "./Seen";

/** How long a drain waits, and what it does then. */
export type DrainPolicy = Pick<PolicySettings, "drainTimeoutMs" | "onDrainTimeout" | "progressDeadlineMs"> & {
    /** When the deployment that this is part of has to be done, milliseconds by {@link Clock.nowMs}. @default never */
    deadline?: number;
};

/** One service in one `up`: all that a procedure may see and change. */
export interface Up {
    /** Name of the service. */
    readonly service: string;
    readonly containers: Containers;
    readonly front: Front;
    readonly journal: Journal;
    readonly hooks: Hooks;
    readonly clock: Clock;
    readonly progress: Progress;

    /** Waits until nothing is open on slots of a color. @returns how many requests were cut */
    drain(subject: { color: Color; slots: number[] }, policy: DrainPolicy): Promise<number>;

    /** Reads the live system, as far as this service is concerned. */
    look(): Promise<Seen>;
}
