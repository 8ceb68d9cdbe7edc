import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LinkValue } from "../../../model/LinkValue";
import { upOf } from "../../../providers/upOf";
import { endFailover, follow, settleFailover } from "../../../up/failover";
import { PlanOutdated } from "../../../up/PlanOutdated";
import { FakeEngine } from "../docker/FakeEngine";
import { recorded } from "../plan/support";
import { containerOf, FakeSession, noProgress, serverAt, workerOf } from "../providers/FakeSession";

const [a, b] = [recorded("A"), recorded("B")];

let engine: FakeEngine;
beforeEach(async () => {
    engine = await FakeEngine.start(() => [200, { SystemTime: "2026-01-01T00:00:00Z" }]);
});
afterEach(() => engine.close());

/** Blue is live with B, and green is warm with A. */
function web({ isUp, failover, linked = true }: { isUp: boolean; failover: boolean; linked?: boolean }) {
    const worker = workerOf("blue", { blue: [serverAt(1, { up: isUp })], green: [serverAt(1)] });
    if (failover) {
        worker.links.set("web", LinkValue.to("blue").withFailover());
    }
    const fake = new FakeSession({
        record: {
            link: { live: "blue", release: b.id },
            blue: { release: b.id, replicas: 1 },
            green: { release: a.id, replicas: 1 },
            releases: { [a.id]: { ...a, linked }, [b.id]: b },
        },
        workers: [worker],
        containers: [containerOf("blue", 1, b.id), containerOf("green", 1, a.id)],
        engine: engine.engine,
    });
    const warnings: string[] = [];
    const slept: number[] = [];
    const real = upOf(fake.session, "web", { ...noProgress, warn: text => warnings.push(text) });
    const clock = Object.assign(Object.create(real.clock), { sleep: async (ms: number) => void slept.push(ms) });
    return { up: { ...real, clock }, fake, warnings, slept };
}

const steps = (fake: FakeSession) => fake.steps.filter(step => /^(link of|file)/.test(step));

describe("failover", () => {
    it("is written into HAProxy's file before its memory", async () => {
        const { up, fake } = web({ isUp: true, failover: false });
        await settleFailover(up, true);
        expect(steps(fake)).toEqual([
            "file maps/link.map: web blue:green:0:failover",
            "link of worker 1: web blue:green:0:failover",
        ]);
    });

    it("does nothing for a service that neither wants nor has it", async () => {
        const { up, fake } = web({ isUp: true, failover: false });
        await settleFailover(up, undefined);
        expect(fake.steps).toEqual([]);
    });

    it("is taken away where the idle color holds what users never had", async () => {
        const { up, fake } = web({ isUp: true, failover: true, linked: false });
        await settleFailover(up, true);
        expect(steps(fake)).toContain("link of worker 1: web blue:green:0");
        expect(steps(fake)).toContain("file maps/link.map: web blue:green:0");
    });

    it("is taken away, not written, while a release is judged", async () => {
        const { up, fake } = web({ isUp: true, failover: true });
        const intent = { kind: "bake", color: "blue", from: "green", release: b.id, until: "" } as const;
        await up.journal.record(record => ({ ...record, intent }));
        await settleFailover(up, true);
        expect(steps(fake)).toContain("link of worker 1: web blue:green:0");
    });

    it("goes on while it answers, with a warning", async () => {
        const { up, fake, warnings } = web({ isUp: false, failover: true });
        await settleFailover(up, false);
        expect(steps(fake)).toEqual([]);
        expect(warnings).toEqual([
            "failover goes on: green answers in place of blue, which has no container that is up",
        ]);
    });

    it("ends before the idle color's containers are touched, and a second later nothing is on its way", async () => {
        const { up, fake, slept } = web({ isUp: true, failover: true });
        await endFailover(up, "green");
        expect(steps(fake)).toEqual([
            "link of worker 1: web blue:green:0",
            "file maps/link.map: web blue:green:0",
            "link of worker 1: web blue:green:0",
        ]);
        expect(slept).toEqual([1_000]);
        const live = web({ isUp: true, failover: true });
        await endFailover(live.up, "blue");
        expect(steps(live.fake)).toEqual([]);
    });

    it("keeps the idle color from being touched while it answers", async () => {
        const { up, fake } = web({ isUp: false, failover: true });
        const error = await endFailover(up, "green").catch(error => error);
        expect(error).toBeInstanceOf(PlanOutdated);
        expect(error.message).toBe(
            "web: green answers in place of blue, which has no container that is up, since the plan was made. " +
                "Nothing was done. Run pulumi up again",
        );
        expect(steps(fake)).toEqual([]);
    });

    it("is not followed by the link once the live color is back", async () => {
        const { up, fake } = web({ isUp: true, failover: true });
        const recovery = { kind: "failover", live: "green", release: a.id } as const;
        await expect(follow(up, recovery)).rejects.toThrow("web: blue is back since the plan was made.");
        await follow(up, { ...recovery, live: "blue", release: b.id });
        expect(steps(fake)).toEqual([]);
    });
});
