import type { Clock } from "./Clock";
import type { FrontGenerations } from "./FrontGenerations";
import type { FrontJournal } from "./FrontJournal";
import type { Progress } from "./Progress";

/** The front in one `up`: all that a procedure of the front may see and change. */
export interface FrontUp {
    /** Name of the front. */
    readonly name: string;
    readonly generations: FrontGenerations;
    readonly journal: FrontJournal;
    readonly clock: Clock;
    readonly progress: Progress;
}
