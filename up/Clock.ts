/** Time as a procedure sees it. The simulation has a virtual clock. */
export interface Clock {
    /** @returns milliseconds since 1970 by the clock of this machine. */
    nowMs(): number;

    /** @returns the time by the Docker host's clock. All times in the record are of that clock. */
    hostNow(): Promise<Date>;

    /**
     * Waits.
     * @param ms how long, milliseconds
     * @param wake ends the wait early. @default it does not end early
     * @throws Interrupted when the CLI has gone
     */
    sleep(ms: number, wake?: Promise<unknown>): Promise<void>;
}
