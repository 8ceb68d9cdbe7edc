/** Another `up` changes this front now. */
export class LeaseHeld extends Error {
    constructor(
        /** Who it is, for people. */
        readonly owner: string,
        /** When its lease ends unless it renews it. */
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
            `the front belongs to the stack ${owner}, so nothing was done. If this stack is that one under another name, ` +
                "docs/state.md says how to adopt it",
        );
    }
}
