/** How one of the user's own commands ended. */
export interface CommandOutcome {
    /** Undefined where it could not be started, or did not come to its end. */
    exitCode: number | undefined;
    /** It was still running at its deadline. */
    isLate: boolean;
    /** What it said last, in whole lines: only so is a secret recognised. It is foreign text, secrets included. */
    output: string[];
}
