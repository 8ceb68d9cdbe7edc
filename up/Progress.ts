/** Tells the user, on the row of one resource, what is going on. */
export interface Progress {
    /** A passing status: shown in the row's info column while it is true. */
    status(text: string): void;
    /** A line that stays: repeated under the diagnostics at the end. */
    info(text: string): void;
    /** A line that stays and that asks for attention. */
    warn(text: string): void;
}
