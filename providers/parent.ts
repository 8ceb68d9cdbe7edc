import { readFileSync, readlinkSync } from "node:fs";
import { Interrupted } from "../up/stop";

/** What started this process: the CLI, one of its plugins, or what stood in for it. */
const parent = process.ppid;

/** The name of the CLI's program. */
const cliName = "pulumi";

/**
 * The CLI. It starts a provider host by a shell script, which waits for the host and lives on after a kill -9 of the CLI; our
 * build of it has no shell in between. Undefined where no process says that it is the CLI.
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

/** One that is killed, but not yet cleared away, has the state Z. */
function isCli(pid: number): boolean {
    const found = processOf(pid);
    return found?.name === cliName && found.state !== "Z";
}

/** Undefined where there is none, or no /proc to look at. */
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
 * Whether the CLI has gone without ending this process, as after its kill -9: nothing else tells a provider host, which
 * is in a process group of its own and would work on (docs/decisions/08-lease-per-front.md).
 */
export function parentIsGone(): boolean {
    return process.ppid !== parent || (cli !== undefined && !isCli(cli));
}

/** Whether what the CLI prints goes to a terminal, where a status replaces the one before; true where nothing can say. */
export function parentHasTerminal(): boolean {
    try {
        return /^\/dev\/(?:pts\/|tty|console)/.test(readlinkSync(`/proc/${cli ?? parent}/fd/1`));
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
