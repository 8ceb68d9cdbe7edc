/** The CLI has gone. The next `up` finishes or undoes what this one has begun. */
export class Interrupted extends Error {}

/** Another `up` has taken over the lease in the middle of this one. */
export class LeaseLost extends Error {
    constructor() {
        super("another up has taken over this front, so this one stops here. Run pulumi up again");
    }
}

/** @returns whether this `up` must do nothing more: the CLI has gone, or another `up` is in charge. */
export function isStop(error: unknown): boolean {
    return error instanceof Interrupted || error instanceof LeaseLost;
}
