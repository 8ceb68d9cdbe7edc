import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { upOf } from "../../../providers/upOf";
import { takeBack } from "../../../up/takeBack";
import { FakeEngine } from "../docker/FakeEngine";
import { recorded } from "../plan/support";
import { containerOf, FakeSession, noProgress, serverAt, workerOf } from "../providers/FakeSession";

const [a, b] = [recorded("A"), recorded("B", { linked: false })];

let engine: FakeEngine;
beforeEach(async () => {
    engine = await FakeEngine.start(() => [200, { SystemTime: "2026-01-01T00:00:00Z" }]);
});
afterEach(() => engine.close());

/** Takes back B on green, which was judged bad. Blue holds A, with one container if `isReady`. */
async function takenBack(isReady: boolean) {
    const blue = isReady ? [serverAt(1)] : [];
    const intent = { kind: "bake", color: "green", from: "blue", release: b.id, until: "" } as const;
    const fake = new FakeSession({
        record: {
            link: { live: "green", release: b.id },
            blue: { release: a.id, replicas: 1 },
            green: { release: b.id, replicas: 1 },
            releases: { [a.id]: a, [b.id]: b },
            intent,
        },
        workers: [workerOf("green", { blue })],
        containers: isReady ? [containerOf("blue", 1, a.id)] : [],
        engine: engine.engine,
    });
    const policy = { bakeTimeMs: 0, hooks: {}, host: "web", url: "" } as unknown as Parameters<typeof takeBack>[4];
    const up = upOf(fake.session, "web", noProgress);
    const error = await takeBack(up, intent, b, "it answered 500", policy).catch(error => error);
    return { error, steps: fake.steps, record: fake.web };
}

describe("a release that was judged bad", () => {
    it("has its verdict recorded before the link moves back", async () => {
        const { error, steps, record } = await takenBack(true);
        expect(error.message).toContain("The link was moved back to blue");
        expect(steps).toEqual([
            "recorded: link green, open: switch",
            "link of worker 1: web blue:green:0",
            "file maps/link.map: web blue:green:0",
            "link of worker 1: web blue:green:0",
            "recorded: link blue, open: nothing",
        ]);
        expect(record.releases[b.id]?.judgedBad?.reason).toBe("it answered 500");
    });

    it("keeps the link if its predecessor has no container that is ready", async () => {
        const { error, steps, record } = await takenBack(false);
        expect(error.message).toContain("blue has no container that is ready");
        expect(steps.filter(step => step.startsWith("link of"))).toEqual([]);
        expect(record.releases[b.id]?.judgedBad?.reason).toBe("it answered 500");
    });
});
