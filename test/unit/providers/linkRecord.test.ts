import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settleRecord } from "../../../providers/linkRecord";
import { FakeEngine } from "../docker/FakeEngine";
import { recorded } from "../release/support";
import { FakeSession } from "./FakeSession";

const [a, b] = [recorded("A"), recorded("B", { linked: false })];

let engine: FakeEngine;
beforeEach(async () => {
    engine = await FakeEngine.start(() => [200, { SystemTime: "2026-01-01T00:00:00Z" }]);
});
afterEach(() => engine.close());

/** The record after a confirmed switch from blue with A to green with B. */
async function settled(bakeMs: number | undefined) {
    const fake = new FakeSession({
        record: {
            link: { live: "blue", release: a.id },
            stable: { color: "blue", release: a.id },
            releases: { [a.id]: a, [b.id]: b },
        },
        engine: engine.engine,
    });
    await settleRecord(fake.session, "web", { from: "blue", to: "green", release: b.id, bakeMs }, "confirmed");
    return fake.web;
}

describe("a confirmed release", () => {
    it("is what a rollback goes back to only once it was judged", async () => {
        const { stable, intent, releases } = await settled(15_000);
        expect(stable).toEqual({ color: "blue", release: a.id });
        expect(releases[b.id]?.linked).toBe(false);
        expect(intent).toMatchObject({ kind: "bake", color: "green", until: "2026-01-01T00:00:15.000Z" });
    });

    it("is stable at once where nothing judges it", async () => {
        const { stable, intent } = await settled(undefined);
        expect(stable).toEqual({ color: "green", release: b.id });
        expect(intent).toBeUndefined();
    });
});
