import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

/** How long output may still come after the end of a command. */
const outputGraceMs = 500;

/** How a command ended. */
export interface CommandResult {
    /** Exit code; 128 when a signal ended it. */
    code: number;
    stdout: string;
    stderr: string;
    seconds: number;
}

export interface CommandOptions {
    cwd: string;
    env: NodeJS.ProcessEnv;
    /** After this time the command and all that it started are ended, and the call fails. */
    timeoutSeconds: number;
    /** Called with each piece of output as it comes. */
    onOutput?: (text: string) => void;
}

/** A command that is running. */
export interface RunningCommand {
    pid: number;
    /** Rejects only where the command could not start or took too long. `code` tells whether it succeeded. */
    result: Promise<CommandResult>;
    /** What was printed so far, stdout and stderr. */
    output(): string;
    /** Sends a signal to the command alone: `SIGINT` as Ctrl-C in a terminal, `SIGKILL` as a power cut. */
    signal(signal: NodeJS.Signals): void;
    /** Ends the command and every process that it started. */
    kill(): void;
}

/** Starts a command in a process group of its own, without a terminal. */
export function startCommand(command: string, args: string[], options: CommandOptions): RunningCommand {
    const startedMs = performance.now();
    const child = spawn(command, args, {
        cwd: options.cwd,
        env: options.env,
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
        options.onOutput?.(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
        stderr += text;
        options.onOutput?.(text);
    });
    const result = new Promise<CommandResult>((resolve, reject) => {
        let tooLong = false;
        const timer = setTimeout(() => {
            tooLong = true;
            killTree(child);
        }, options.timeoutSeconds * 1000);
        child.on("error", error => {
            clearTimeout(timer);
            reject(error);
        });
        let ended = false;
        const end = (code: number | null): void => {
            if (ended) {
                return;
            }
            ended = true;
            if (tooLong) {
                const shown = `${command} ${args.join(" ")}`;
                reject(new Error(`took longer than ${options.timeoutSeconds} s: ${shown}\n${stdout}${stderr}`));
            } else {
                const seconds = (performance.now() - startedMs) / 1000;
                resolve({ code: code ?? 128, stdout, stderr, seconds });
            }
        };
        child.on("close", code => end(code));
        child.on("exit", code => {
            clearTimeout(timer);
            // A process that outlives the command may hold its pipes open. Do not wait for that.
            setTimeout(() => end(code), outputGraceMs).unref();
        });
    });
    // The caller may await the result later, or never.
    result.catch(() => {});
    return {
        pid: child.pid ?? -1,
        result,
        output: () => stdout + stderr,
        signal: signal => void child.kill(signal),
        kill: () => killTree(child),
    };
}

/** @returns a command's result @throws Error unless it succeeded */
export function expectSuccess(result: CommandResult): CommandResult {
    if (result.code !== 0) {
        throw new Error(
            `exit code ${result.code} after ${result.seconds.toFixed(1)} s\n${result.stdout}${result.stderr}`,
        );
    }
    return result;
}

/** @returns what a command printed @throws Error unless it failed */
export function expectFailure({ code, seconds, stdout, stderr }: CommandResult): string {
    if (code === 0) {
        throw new Error(`exit code 0 after ${seconds.toFixed(1)} s, but it had to fail\n${stdout}${stderr}`);
    }
    return stdout + stderr;
}

/** Kills a process and its descendants. Pulumi's plugins are in groups of their own, so the group is not enough. */
function killTree(child: ChildProcess): void {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
        return;
    }
    for (const pid of [child.pid, ...descendants(child.pid)]) {
        try {
            process.kill(pid, "SIGKILL");
        } catch {
            // It has ended meanwhile.
        }
    }
}

/**
 * Kills every process whose working folder is `folder` or below, such as a plugin that outlived a `kill -9` of the CLI.
 * Only for folders that a test made for itself.
 */
export function killProcessesIn(folder: string): void {
    for (const pid of processes()) {
        try {
            const cwd = readlinkSync(`/proc/${pid}/cwd`);
            if (pid !== process.pid && (cwd === folder || cwd.startsWith(`${folder}/`))) {
                process.kill(pid, "SIGKILL");
            }
        } catch {
            // It has ended meanwhile, or belongs to another user.
        }
    }
}

/** Reads /proc. On other systems than Linux there is none, and only the command itself is ended. */
function processes(): number[] {
    return (existsSync("/proc") ? readdirSync("/proc") : []).map(Number).filter(Number.isInteger);
}

function descendants(root: number): number[] {
    const childrenOf = new Map<number, number[]>();
    for (const pid of processes()) {
        const parent = parentOf(pid);
        if (parent !== undefined) {
            childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), pid]);
        }
    }
    const found: number[] = [];
    const visit = (pid: number): void => {
        for (const child of childrenOf.get(pid) ?? []) {
            found.push(child);
            visit(child);
        }
    };
    visit(root);
    return found;
}

function parentOf(pid: number): number | undefined {
    try {
        // "pid (name) state ppid ...": the name may hold spaces and brackets.
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    } catch {
        return undefined;
    }
}
