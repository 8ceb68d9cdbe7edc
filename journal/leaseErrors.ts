/** Another `up` changes this front now. */
export class LeaseHeld extends Error {
    constructor(
        /** The holder, for people. */
        readonly owner: string,
        /** How long its lease lives without a heartbeat, seconds. */
        readonly secondsLeft: number,
    ) {
        super(
            `another up is at work on this front: ${owner}. Nothing was changed. ` +
                `Wait for it to end and run pulumi up again; if it died, its lease runs out in ${secondsLeft} s`,
        );
    }
}

/** The front belongs to another stack. */
export class NotOwner extends Error {
    constructor(
        /** That stack, `project/stack`. */
        readonly owner: string,
    ) {
        super(
            `the front belongs to the stack ${owner}, so nothing was done. If this is the same stack under another name, ` +
                "docs/state.md says how to adopt it",
        );
    }
}
