import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { environmentForOthers } from "../text/environment";

/** How long the rest of a command's output is waited for once it has ended, milliseconds. */
const outputGraceMs = 500;

/** How one of the user's own commands ended. */
export interface CommandEnd {
    /** Undefined when it could not be started, or was ended by a signal. */
    exitCode?: number;
    /** It was still running at its deadline, and was ended with all that it had started. */
    isLate: boolean;
    /** Why it could not be started. */
    error?: string;
}

export interface UserCommand {
    /** A line for `/bin/sh`. */
    command: string;
    /** Added to this process's own environment. @default {} */
    env?: Record<string, string>;
    /** How long it may run, milliseconds. */
    timeoutMs: number;
    /** Gets each whole line that it prints: only so is a secret recognised. */
    show: (line: string) => void;
}

/**
 * The shell becomes the command; beside it waits a watcher that is no child of the command's. When this process is killed,
 * its end of the pipe closes, and the watcher ends the whole group. A word on the pipe sends the watcher home.
 */
const watched = `
( ( read -r _ <&3 || kill -KILL -$$ ) >/dev/null 2>&1 & )
exec /bin/sh -c "$1" 3<&-
`;

/**
 * Runs a command of the user's on this machine, in a process group of its own: what it has started ends with it at its
 * deadline, and all of it when this process is killed. What it leaves running when it ends by itself goes on, and is not
 * waited for, even where it keeps the command's output open.
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
            return; // the error comes next, and without a file descriptor left the streams were not made
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
            // It was killed with the group.
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

/** Ends a command with all that it has started. A group that has just ended is no error. */
export function killGroup(leader: number | undefined): void {
    if (leader === undefined) {
        return; // it could not be started, and the group 0 is the one of this process
    }
    try {
        process.kill(-leader, "SIGKILL");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
            throw error;
        }
    }
}
