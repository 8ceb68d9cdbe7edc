import type { Pulumi } from "./Pulumi";
import type { Terminal } from "./Terminal";

/** The user pressed Ctrl-C, or somebody ended the demo. */
export class Interrupted extends Error {
    constructor(readonly exitCode: number) {
        super("interrupted");
    }
}

/**
 * Ends the demo in order: a running `pulumi up` is asked to stop at its next safe point and is waited for. Asked a
 * second time, it ends at once; what it left open, the next `up` finishes or undoes.
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

    /** @throws Interrupted once the end was asked for */
    check(): void {
        if (this.exitCode !== undefined) {
            throw new Interrupted(this.exitCode);
        }
    }
}
