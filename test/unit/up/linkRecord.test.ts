import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { upOf } from "../../../providers/upOf";
import { settleRecord } from "../../../up/linkRecord";
import { LeaseLost } from "../../../up/stop";
import { FakeEngine } from "../docker/FakeEngine";
import { recorded } from "../plan/support";
import { FakeSession, noProgress } from "../providers/FakeSession";

const [a, b] = [recorded("A"), recorded("B", { linked: false })];

let engine: FakeEngine;
beforeEach(async () => {
    engine = await FakeEngine.start(() => [200, { SystemTime: "2026-01-01T00:00:00Z" }]);
});
afterEach(() => engine.close());

const before = { responses: 1_000, asked: 900, failed: 800, averageResponseMs: 5 };

/** @returns the record after a confirmed switch from blue with A to green with B, which had another release before */
async function settled(bakeMs: number | undefined, haproxy?: Error) {
    const fake = new FakeSession({
        record: {
            link: { live: "blue", release: a.id },
            stable: { color: "blue", release: a.id },
            green: { release: b.id, replicas: 1, liveSince: { "1/1/7": before } },
            releases: { [a.id]: a, [b.id]: b },
        },
        engine: engine.engine,
    });
    if (haproxy !== undefined) {
        fake.runtime.observe = () => Promise.reject(haproxy);
    }
    await settleRecord(
        upOf(fake.session, "web", noProgress),
        { from: "blue", to: "green", release: b.id, bakeMs },
        "confirmed",
    );
    return fake.web;
}

describe("a confirmed release", () => {
    it("becomes the target of a rollback only after it was judged", async () => {
        const { stable, intent, releases } = await settled(15_000);
        expect(stable).toEqual({ color: "blue", release: a.id });
        expect(releases[b.id]?.linked).toBe(false);
        expect(intent).toMatchObject({ kind: "bake", color: "green", until: "2026-01-01T00:00:15.000Z" });
    });

    it("is stable at once if nothing judges it", async () => {
        const { stable, intent } = await settled(undefined);
        expect(stable).toEqual({ color: "green", release: b.id });
        expect(intent).toBeUndefined();
    });

    it("is recorded with HAProxy's counters of that moment", async () => {
        expect((await settled(undefined)).green.liveSince).toEqual({});
    });

    it("is recorded without counters if HAProxy does not answer, never with those of a release before it", async () => {
        const { link, green } = await settled(undefined, new Error("HAProxy does not answer"));
        expect(link).toMatchObject({ live: "green", release: b.id });
        expect(green).toEqual({ release: b.id, replicas: 1 });
    });

    it("is not recorded by an up that has lost the lease", async () => {
        await expect(settled(undefined, new LeaseLost())).rejects.toThrow(LeaseLost);
    });
});
