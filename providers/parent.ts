import { readFileSync, readlinkSync } from "node:fs";
import { Interrupted } from "../up/stop";

/** The process that started this one: the CLI, one of its plugins, or a shell in between. */
const parent = process.ppid;

/** The name of the CLI's program. */
const cliName = "pulumi";

/**
 * The CLI's process; undefined where no process has its name. The CLI starts a provider host by a shell script, which waits for
 * the host and survives a kill -9 of the CLI. relink's own build has no shell in between.
 */
const cli = findCli();

function findCli(): number | undefined {
    for (let pid = parent; pid > 0; pid = processOf(pid)?.parent ?? 0) {
        if (isCli(pid)) {
            return pid;
        }
    }
    return undefined;
}

/** @returns whether the CLI runs as this process. A killed process whose parent has not read its exit code has the state Z. */
function isCli(pid: number): boolean {
    const found = processOf(pid);
    return found?.name === cliName && found.state !== "Z";
}

/** @returns a process by its number; undefined where there is none, or no /proc */
function processOf(pid: number): { name: string; state: string; parent: number } | undefined {
    try {
        const [, name = "", state = "", parent = ""] =
            /^\d+ \((.*)\) (\S) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
        return { name, state, parent: Number(parent) };
    } catch {
        return undefined;
    }
}

/**
 * Tells whether the CLI has ended without ending this process, as after a kill -9. A provider host is in a process group of its
 * own, so nothing else tells it, and it would go on (docs/decisions/08-lease-per-front.md).
 */
export function parentIsGone(): boolean {
    return process.ppid !== parent || (cli !== undefined && !isCli(cli));
}

/** @returns whether the CLI prints to a terminal, where a status replaces the one before; true where this cannot be told */
export function parentHasTerminal(): boolean {
    try {
        return /^\/dev\/(?:pts\/|tty|console)/.test(readlinkSync(`/proc/${cli ?? parent}/fd/1`));
    } catch {
        return true;
    }
}

/** Stops a procedure where the CLI has ended. @throws Interrupted */
export function stopWithoutParent(): void {
    if (parentIsGone()) {
        throw new Interrupted("pulumi is gone: this release stops here. Run pulumi up again to finish or undo it");
    }
}
