import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { repository } from "../support/stackFolder";

/** Result of wrk. */
export interface Throughput {
    requestsPerSecond: number;
    p99Ms: number;
}

const run = promisify(execFile);

/** @returns the path of wrk, which is installed if it is missing */
export async function findWrk(): Promise<string> {
    const { stdout } = await run(process.execPath, [join("toolchain", "run.mjs"), "wrk"], { cwd: repository });
    return stdout.trim().split("\n").at(-1) ?? "";
}

export interface WrkOptions {
    seconds: number;
    /** Connections at the same time. */
    connections: number;
    /** Whether each request opens a connection of its own. @default they are kept */
    newConnections?: boolean;
}

/** Sends as many requests as possible. Fails if one was not answered with 2xx or 3xx. */
export async function throughput(wrk: string, url: string, options: WrkOptions): Promise<Throughput> {
    const { seconds, connections, newConnections = false } = options;
    const header = newConnections ? ["-H", "Connection: close"] : [];
    const { stdout } = await run(wrk, ["-t1", `-c${connections}`, `-d${seconds}s`, "--latency", ...header, url]);
    return parseWrk(stdout);
}

/** @throws Error if the output has no figures, or reports failed requests */
export function parseWrk(output: string): Throughput {
    const failed = /Socket errors:.*|Non-2xx.*/.exec(output);
    const rate = /Requests\/sec:\s+([\d.]+)/.exec(output);
    const p99 = /\n\s+99%\s+([\d.]+)(us|ms|s) *\n/.exec(output);
    if (failed !== null || rate === null || p99 === null) {
        throw new Error(`wrk: ${failed?.[0] ?? "no figures"}\n${output}`);
    }
    const inMs = { us: 0.001, ms: 1, s: 1000 }[p99[2] as "us" | "ms" | "s"];
    return { requestsPerSecond: Number(rate[1]), p99Ms: Number(p99[1]) * inMs };
}
