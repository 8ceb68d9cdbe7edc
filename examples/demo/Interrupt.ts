import type { Pulumi } from "./Pulumi";
import type { Terminal } from "./Terminal";

/** The user pressed Ctrl-C, or another process ended the demo. */
export class Interrupted extends Error {
    constructor(readonly exitCode: number) {
        super("interrupted");
    }
}

/**
 * Ends the demo in order. The first Ctrl-C asks a running `pulumi up` to stop at its next safe point, and waits for it.
 * The second one ends `pulumi up` at once; the next `up` then finishes or undoes what is open.
 */
export class Interrupt {
    private exitCode: number | undefined;

    constructor(terminal: Terminal, pulumi: Pulumi) {
        const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
        for (const [signal, code] of Object.entries(codes)) {
            process.on(signal, () => {
                const isFirst = this.exitCode === undefined;
                this.exitCode ??= code;
                if (pulumi.interrupt() && isFirst) {
                    terminal.line("Stopping: pulumi is given the time to come to a safe point ...", "   ");
                }
            });
        }
    }

    get isAsked(): boolean {
        return this.exitCode !== undefined;
    }

    /** @throws Interrupted after a Ctrl-C */
    check(): void {
        if (this.exitCode !== undefined) {
            throw new Interrupted(this.exitCode);
        }
    }
}
