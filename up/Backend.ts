import type { Admission } from "./Admission";

/** One color's backend in HAProxy. */
export interface Backend {
    /** Begins to let slots take traffic, whose containers are to be proved. Changes nothing yet. */
    admission(slots: readonly number[]): Admission;
}
