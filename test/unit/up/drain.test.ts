import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { upOf } from "../../../providers/upOf";
import { drain } from "../../../up/drain";
import { FakeEngine } from "../docker/FakeEngine";
import { FakeSession, noProgress, serverAt, workerOf } from "../providers/FakeSession";

let engine: FakeEngine;
beforeEach(async () => {
    engine = await FakeEngine.start(() => [200, { SystemTime: "2026-01-01T01:00:00Z" }]);
});
afterEach(() => engine.close());

const blue = { color: "blue" as const, slots: [1] };
const policy = { drainTimeoutMs: 0, progressDeadlineMs: 0 };

/** Blue lost the link an hour ago. Its slot has open requests, and an old worker may be left. */
function front(scur: number, ...more: ReturnType<typeof workerOf>[]) {
    const at = "2026-01-01T00:00:00Z";
    const workers = [workerOf("green", { blue: [serverAt(1, { scur })] }), ...more];
    return new FakeSession({ record: { link: { live: "green", at, by: "a test" } }, workers, engine: engine.engine });
}

describe("a drain", () => {
    it("ends at once if nothing is open and the link left long ago", async () => {
        expect(
            await drain(upOf(front(0).session, "web", noProgress), blue, { ...policy, onDrainTimeout: "wait" }),
        ).toBe(0);
    });

    it("needs more than one look without open requests if HAProxy still sends new ones to the color", async () => {
        const session = front(0, workerOf("blue", { pid: 2, blue: [serverAt(1)] })).session;
        const waited = drain(upOf(session, "web", noProgress), blue, { ...policy, onDrainTimeout: "wait" });
        await expect(waited).rejects.toThrow("blue is still in use");
    });

    it("is not over while a soft-stopped worker still links to the color", async () => {
        const pinned = front(0, workerOf("blue", { pid: 2, old: true }));
        const waited = drain(upOf(pinned.session, "web", noProgress), blue, { ...policy, onDrainTimeout: "wait" });
        await expect(waited).rejects.toThrow("0 open requests and 1 connections' old worker");
    });

    it("cuts nothing if the deployment has no time left for its timeout", async () => {
        const kept = front(2);
        const more = { drainTimeoutMs: 60_000, progressDeadlineMs: 60_000, onDrainTimeout: "close" as const };
        const waited = drain(upOf(kept.session, "web", noProgress), blue, { ...more, deadline: Date.now() });
        await expect(waited).rejects.toThrow("blue is still in use at the end of progressDeadline");
        expect(kept.steps).toEqual([]);
    });

    it("cuts open requests after its timeout, unless onDrainTimeout is wait", async () => {
        const cut = front(2);
        expect(await drain(upOf(cut.session, "web", noProgress), blue, { ...policy, onDrainTimeout: "close" })).toBe(2);
        expect(cut.steps).toEqual(["web-blue/1 of worker 1: cut"]);
        const kept = front(2);
        const waited = drain(upOf(kept.session, "web", noProgress), blue, { ...policy, onDrainTimeout: "wait" });
        await expect(waited).rejects.toThrow("2 open requests");
        expect(kept.steps).toEqual([]);
    });
});
