import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Recovery } from "../../../plan/Plan";
import { upOf } from "../../../providers/upOf";
import { recover } from "../../../up/recover";
import { FakeEngine } from "../docker/FakeEngine";
import { recorded } from "../plan/support";
import { FakeSession, Listener, noProgress, workerOf } from "../providers/FakeSession";

const [a, b] = [recorded("A"), recorded("B", { linked: false })];
const analysis = { maxErrorRatio: 0.05, maxSlowdown: 3, minRequests: 0, intervalMs: 1_000 };
const policy = { bakeTimeMs: 0, analysis, hooks: {}, host: "web", url: "" };

let engine: FakeEngine;
let listener: Listener;
beforeEach(async () => {
    engine = await FakeEngine.start(() => [200, { SystemTime: "2026-01-01T00:00:00Z" }]);
    listener = await Listener.start({ color: "green", release: b.id });
});
afterEach(() => Promise.all([engine.close(), listener.close()]));

/** Finishes the switch to green with B, which is to be judged then. */
async function finished(change: Partial<Recovery>) {
    const fake = new FakeSession({
        record: {
            link: { live: "blue", release: a.id },
            blue: { release: a.id, replicas: 1 },
            green: { release: b.id, replicas: 1 },
            releases: { [a.id]: a, [b.id]: b },
            stable: { color: "blue", release: a.id },
            intent: { kind: "switch", from: "blue", to: "green", release: b.id, bakeMs: 0 },
        },
        workers: [workerOf("blue")],
        engine: engine.engine,
        listener,
    });
    const recovery: Recovery = { kind: "finish", live: "green", release: b.id, ...change };
    await recover(upOf(fake.session, "web", noProgress), recovery, policy);
    return fake.web;
}

describe("a switch that an interrupted up began", () => {
    it("is finished, and its release is judged", async () => {
        const { link, stable, intent } = await finished({});
        expect([link.live, stable?.color, intent]).toEqual(["green", "green", undefined]);
    });

    it("is finished alone where the link goes back at once", async () => {
        const { link, stable, intent } = await finished({ leaves: true });
        expect([link.live, stable?.color, intent?.kind]).toEqual(["green", "blue", "bake"]);
    });
});
