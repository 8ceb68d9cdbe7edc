import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { repository } from "../support/stackFolder";

/** What wrk measured. */
export interface Throughput {
    requestsPerSecond: number;
    p99Ms: number;
}

const run = promisify(execFile);

/** Path of wrk, which is got where it is not there. */
export async function findWrk(): Promise<string> {
    const { stdout } = await run(process.execPath, [join("toolchain", "run.mjs"), "wrk"], { cwd: repository });
    return stdout.trim().split("\n").at(-1) ?? "";
}

/** As many requests as are answered, over kept connections. Fails where one was not answered, or not with 2xx or 3xx. */
export async function throughput(wrk: string, url: string, seconds: number, connections = 64): Promise<Throughput> {
    const { stdout } = await run(wrk, ["-t1", `-c${connections}`, `-d${seconds}s`, "--latency", url]);
    return parseWrk(stdout);
}

/** Throws on output that has no figures, or tells of requests that failed. */
export function parseWrk(output: string): Throughput {
    const failed = /Socket errors:.*|Non-2xx.*/.exec(output);
    const rate = /Requests\/sec:\s+([\d.]+)/.exec(output);
    const p99 = /\n\s+99%\s+([\d.]+)(us|ms|s)\n/.exec(output);
    if (failed !== null || rate === null || p99 === null) {
        throw new Error(`wrk: ${failed?.[0] ?? "no figures"}\n${output}`);
    }
    const inMs = { us: 0.001, ms: 1, s: 1000 }[p99[2] as "us" | "ms" | "s"];
    return { requestsPerSecond: Number(rate[1]), p99Ms: Number(p99[1]) * inMs };
}
