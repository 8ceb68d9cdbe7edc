import { readlinkSync } from "node:fs";

/** The CLI that started this provider host, or what stood in for it. */
const parent = process.ppid;

/** The run was interrupted: whatever was begun is finished or undone by the next `up`. */
export class Interrupted extends Error {}

/**
 * Whether the CLI has gone without ending this process, as after its kill -9: nothing else tells a provider host, which
 * is in a process group of its own and would work on (facts/pulumi.md 1.5).
 */
export function parentIsGone(): boolean {
    return process.ppid !== parent;
}

/** Whether what the CLI prints goes to a terminal, where a status replaces the one before; true where nothing can say. */
export function parentHasTerminal(): boolean {
    try {
        return /^\/dev\/(?:pts\/|tty|console)/.test(readlinkSync(`/proc/${parent}/fd/1`));
    } catch {
        return true;
    }
}

/** Stops here when the CLI is gone. @throws {@link Interrupted} */
export function stopWithoutParent(): void {
    if (parentIsGone()) {
        throw new Interrupted("pulumi is gone: this release stops here. Run pulumi up again to finish or undo it");
    }
}
