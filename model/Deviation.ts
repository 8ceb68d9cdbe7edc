/** Something of a color that somebody else has changed since relink made it. */
export interface Deviation {
    /** What it is, and its present state, in words. */
    what: string;
    /** How to undo it by hand: a command, or words. @default undefined (only relink can) */
    fix?: string;
}
