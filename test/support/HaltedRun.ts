import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Phase } from "../../up/phases";
import type { CommandResult, RunningCommand } from "./command";
import type { TestStack } from "./stack";
import { until } from "./until";

/** Which processes a `kill -9` ends. */
export type Way = "CLI" | "host" | "both";
export const ways: readonly Way[] = ["CLI", "host", "both"];

/** How long the CLI may take to come to a step, and a process to end, milliseconds. */
const patienceMs = 120_000;

/** A command of the CLI whose provider host waits right before one step, until it is resumed or killed. */
export class HaltedRun {
    private constructor(
        readonly command: RunningCommand,
        /** Process id of the provider host. */
        readonly host: number,
        /** The provider host waits as long as this file exists. */
        private readonly file: string,
        /** Waits until the provider host waits. */
        private readonly stands: () => Promise<number>,
    ) {}

    /** Starts a command, and waits until its provider host waits at the step. It will wait there so many `times`. */
    static async at(
        phase: Phase,
        stack: TestStack,
        args = ["up", "--yes", "--skip-preview"],
        times = 1,
    ): Promise<HaltedRun> {
        const folder = mkdtempSync(join(tmpdir(), "relink-halt-"));
        const file = join(folder, "host");
        const command = stack.start(args, {
            env: { RELINK_HALT_AT: phase, RELINK_HALT_FILE: file, RELINK_HALT_TIMES: String(times) },
        });
        let ended: CommandResult | undefined;
        void command.result.then(result => {
            ended = result;
        });
        const stands = () =>
            until(
                async () => {
                    if (ended !== undefined) {
                        throw new Error(`it never came to "${phase}"\n${ended.stdout}${ended.stderr}`);
                    }
                    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
                    return text === "" ? undefined : Number(text);
                },
                { deadline: Date.now() + patienceMs, what: `halt at "${phase}"` },
            );
        return new HaltedRun(command, await stands(), file, stands);
    }

    /** Lets the provider host go on until it waits at the step again. */
    async again(): Promise<void> {
        rmSync(this.file);
        await this.stands();
    }

    /** Lets the provider host go on. */
    resume(): void {
        rmSync(dirname(this.file), { force: true, recursive: true });
    }

    /**
     * Kills what `way` says, and waits until all of its processes have ended. A provider host that survives its CLI has
     * to notice that at its next step, and end.
     */
    async kill(way: Way): Promise<void> {
        if (way !== "host") {
            process.kill(this.command.pid, "SIGKILL");
            await this.command.result;
        }
        if (way !== "CLI") {
            process.kill(this.host, "SIGKILL");
        }
        this.resume();
        await ended(this.host);
        const { code } = await this.command.result;
        if (code === 0) {
            throw new Error(`the run was killed (${way}), but ended with exit code 0`);
        }
    }
}

/** Waits until a process has ended. */
export async function ended(pid: number): Promise<void> {
    await until(async () => (lives(pid) ? undefined : true), {
        deadline: Date.now() + patienceMs,
        what: `process ${pid} is still there`,
    });
}

/** @returns process ids of provider hosts that run in a stack's folder */
export function hostsOf(stack: TestStack): number[] {
    return readdirSync("/proc")
        .map(Number)
        .filter(pid => Number.isInteger(pid) && lives(pid) && isHostIn(stack.path, pid));
}

/** Whether the file backend holds a lock, which only `pulumi cancel` removes. */
export function isLocked(stack: TestStack): boolean {
    const folder = join(stack.path, "state", ".pulumi", "locks");
    return existsSync(folder) && readdirSync(folder, { recursive: true }).some(name => String(name).endsWith(".json"));
}

/** Whether a process runs. A zombie does not. */
export function lives(pid: number): boolean {
    try {
        return !/^.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
    } catch {
        return false;
    }
}

function isHostIn(folder: string, pid: number): boolean {
    try {
        const cwd = readlinkSync(`/proc/${pid}/cwd`);
        return (
            cwd.startsWith(folder) &&
            readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("pulumi-resource-pulumi-nodejs")
        );
    } catch {
        return false; // it has ended meanwhile
    }
}
