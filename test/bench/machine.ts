import { arch, cpus, loadavg, release, totalmem } from "node:os";
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Engine } from "../../docker/Engine";
import { expectSuccess, startCommand } from "../support/command";
import { haproxyImage } from "./benchStack";

/** The machine's properties that the figures depend on, without any that identify it. */
export interface Machine {
    cores: number;
    processor: string;
    memoryGigabytes: number;
    kernel: string;
    node: string;
    docker: string;
    haproxy: string;
    pulumi: string;
}

/** How busy the machine was before a figure was taken, with nothing of the bench running. */
export interface Quietness {
    /** Share of the processors' time, 0 to 1. */
    busy: number;
    /** The kernel's load of the last minute, also of the bench's own work. */
    load: number;
}

/** Above this share the machine is busy with something else. */
export const quietShare = 0.15;
const lookMs = 2_000;
const patienceMs = 20_000;

export async function describeMachine(): Promise<Machine> {
    const { docker } = Engine.connect();
    const output = new PassThrough();
    let haproxy = "";
    output.on("data", chunk => {
        haproxy += chunk;
    });
    await docker.run(haproxyImage, ["haproxy", "-v"], output, { HostConfig: { AutoRemove: true } });
    const pulumi = startCommand("pulumi", ["version"], { cwd: "/", env: process.env, timeoutSeconds: 30 });
    return {
        cores: cpus().length,
        processor: arch(),
        memoryGigabytes: Math.round(totalmem() / 1024 ** 3),
        kernel: release(),
        node: process.versions.node,
        docker: (await docker.version()).Version,
        haproxy: /version (\S+)/.exec(haproxy)?.[1] ?? "unknown",
        pulumi: expectSuccess(await pulumi.result)
            .stdout.trim()
            .replace(/^v/, ""),
    };
}

/**
 * Waits until the machine has little other work, at most twenty seconds.
 *
 * @returns how busy it was then
 */
export async function waitForQuiet(say: (text: string) => void): Promise<Quietness> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
        const busy = await busyShare();
        if (busy <= quietShare || performance.now() > deadline) {
            return { busy, load: loadavg()[0] ?? 0 };
        }
        say(`the machine is busy (${Math.round(busy * 100)} %), waiting`);
    }
}

async function busyShare(): Promise<number> {
    const before = processorTimes();
    await sleep(lookMs);
    const after = processorTimes();
    return 1 - (after.idle - before.idle) / (after.all - before.all);
}

/** Of all processors together, since the start of the machine. */
function processorTimes(): { idle: number; all: number } {
    const times = cpus().map(({ times }) => times);
    const idle = times.reduce((sum, { idle }) => sum + idle, 0);
    const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
    return { idle, all };
}
