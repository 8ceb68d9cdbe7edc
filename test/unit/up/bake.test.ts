import { afterEach, describe, expect, it } from "vitest";
import type { ServiceRecord } from "../../../model/Record";
import { upOf } from "../../../providers/upOf";
import { bake } from "../../../up/bake";
import { FakeEngine } from "../docker/FakeEngine";
import { recorded } from "../plan/support";
import { FakeSession, Listener, noProgress, workerOf } from "../providers/FakeSession";

const [a, b] = [recorded("A"), recorded("B", { linked: false })];
const analysis = { maxErrorRatio: 0.05, maxSlowdown: 3, minRequests: 10, intervalMs: 1_000 };
const began = "2026-01-01T00:00:00Z";

let engine: FakeEngine;
let listener: Listener;
afterEach(() => Promise.all([engine.close(), listener.close()]));

/** Judges green with B, which has just become live, for this time. Only relink sends requests. */
async function judged(bakeTimeMs: number): Promise<ServiceRecord> {
    engine = await FakeEngine.start(() => [200, { SystemTime: began }]);
    const worker = workerOf("green");
    const counters = { responses: 0, asked: 0, failed: 0, averageResponseMs: 1 };
    Object.assign(worker.backends.get("web-green") ?? {}, counters);
    const count = () => {
        const stat = worker.backends.get("web-green")!;
        Object.assign(stat, { responses: stat.responses + 1, asked: stat.asked + 1 });
    };
    listener = await Listener.start({ color: "green", release: b.id, tell: count });
    const until = new Date(Date.parse(began) + bakeTimeMs).toISOString();
    const fake = new FakeSession({
        record: {
            link: { live: "green", release: b.id },
            blue: { release: a.id, replicas: 1 },
            green: { release: b.id, replicas: 1 },
            releases: { [a.id]: a, [b.id]: b },
            intent: { kind: "bake", color: "green", from: "blue", release: b.id, until },
        },
        workers: [worker],
        engine: engine.engine,
        listener,
    });
    await bake(upOf(fake.session, "web", noProgress), { bakeTimeMs, analysis, hooks: {}, host: "web", url: "" });
    return fake.web;
}

describe("a release without users", () => {
    // 120 ms have room for two or three looks.
    it("is judged by relink's own requests, even in a short time", async () => {
        const { stable, intent } = await judged(120);
        expect(stable).toEqual({ color: "green", release: b.id });
        expect(intent).toBeUndefined();
    });
});
