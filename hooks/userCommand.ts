import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { environmentForOthers } from "../text/environment";

/** How long to wait for the rest of a command's output once the command has ended, milliseconds. */
const outputGraceMs = 500;

/** How a user's command ended. */
export interface CommandEnd {
    /** Undefined where it could not be started, or a signal ended it. */
    exitCode?: number;
    /** Whether it ran until its deadline, and was killed together with all that it had started. */
    isLate: boolean;
    /** Why it could not be started. @default it was started */
    error?: string;
}

/** A user's command to run. */
export interface UserCommand {
    /** A line for `/bin/sh`. */
    command: string;
    /** Added to this process's own environment. @default {} */
    env?: Record<string, string>;
    /** How long it may run, milliseconds. */
    timeoutMs: number;
    /** Gets each line that it prints, as a whole, because half a secret is not recognised. */
    show: (line: string) => void;
}

/**
 * The shell turns into the command. Beside it waits a watcher, which is not the command's child. When this process is killed,
 * its end of the pipe closes, and the watcher kills the whole process group. A line on the pipe ends the watcher.
 */
const watched = `
( ( read -r _ <&3 || kill -KILL -$$ ) >/dev/null 2>&1 & )
exec /bin/sh -c "$1" 3<&-
`;

/**
 * Runs a user's command on this machine, in a process group of its own. At its deadline, and when this process is killed, the
 * whole group is killed. Where the command ends by itself, processes that it leaves go on. The result does not wait for them,
 * even where they keep its output open.
 */
export function runUserCommand({ command, env = {}, timeoutMs, show }: UserCommand): Promise<CommandEnd> {
    return new Promise(resolve => {
        const child = spawn("/bin/sh", ["-c", watched, "sh", command], {
            env: { ...environmentForOthers(), ...env },
            stdio: ["ignore", "pipe", "pipe", "pipe"],
            detached: true,
        });
        const closeStreams = (): void => {
            for (const stream of child.stdio ?? []) {
                stream?.destroy();
            }
        };
        child.once("error", ({ message }) => {
            closeStreams();
            resolve({ isLate: false, error: message });
        });
        if (child.pid === undefined) {
            return; // the error event follows; there may be no streams, for lack of file descriptors
        }
        const [, stdout, stderr, watcher] = child.stdio as unknown as [null, Readable, Readable, Writable];
        const end: CommandEnd = { isLate: false };
        const settle = (): void => {
            clearTimeout(timer);
            closeStreams();
            resolve(end);
        };
        const timer = setTimeout(() => {
            end.isLate = true;
            killGroup(child.pid);
            setTimeout(settle, outputGraceMs);
        }, timeoutMs);
        watcher.on("error", () => {
            // The watcher was killed with the group.
        });
        for (const input of [stdout, stderr]) {
            createInterface({ input }).on("line", show);
        }
        child.once("exit", code => {
            clearTimeout(timer);
            end.exitCode = code ?? undefined;
            watcher.end("\n");
            setTimeout(settle, outputGraceMs);
        });
        child.once("close", settle);
    });
}

/** Kills a command's process group, if it still runs. */
export function killGroup(leader: number | undefined): void {
    if (leader === undefined) {
        return; // the command could not be started, and group 0 is this process's own
    }
    try {
        process.kill(-leader, "SIGKILL");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
            throw error;
        }
    }
}
