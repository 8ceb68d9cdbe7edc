import { describe, expect, it } from "vitest";
import { type Intent, isRewriting, nextOf } from "../../../model/Intent";
import type { ObservedColor } from "../../../model/ObservedService";
import type { Recovery } from "../../../plan/Plan";
import { linkAfter, settle } from "../../../plan/settle";
import { blueWithA, blueWithBGreenWarmWithA, observed, recorded, running, stopped } from "./support";

const releaseB = recorded("B", { linked: false });
const intent: Intent = { kind: "switch", from: "blue", to: "green", release: releaseB.id };

describe("settling what an interrupted up left", () => {
    it("changes nothing without an intent", () => {
        const world = blueWithBGreenWarmWithA();
        expect(settle(world)).toEqual({ service: world });
    });

    it("leaves an open farewell to the plan", () => {
        const world = blueWithA({ intent: { kind: "leave", color: "green", farewell: "stop" } });
        expect(settle(world)).toEqual({ service: world });
    });

    it("finishes a switch whose target runs the release, proved and ready", () => {
        for (const live of ["blue", "green"] as const) {
            const { service, recovery } = settle(
                blueWithA({ live, confirmed: "blue", green: running(releaseB, 2), intent }),
            );
            expect(recovery).toEqual({ kind: "finish", live: "green", release: releaseB.id });
            expect(service).toMatchObject({ live: "green", confirmed: "green", intent: undefined });
        }
    });

    it("leaves to a repair a way back that would lead users from somebody's container to nobody", () => {
        const strange = running(releaseB, 1, { ready: 0, strays: ["shop-green-1"] });
        const world = (blue: ObservedColor) =>
            blueWithA({ live: "green", confirmed: "blue", blue, green: strange, intent });
        const alone = world(running(recorded("A"), 1, { ready: 0 }));
        expect(settle(alone)).toEqual({ service: alone });
        expect(settle(world(running(recorded("A")))).recovery).toMatchObject({ kind: "undo", live: "blue" });
    });

    it.each<[string, ObservedColor]>([
        ["is not proved", running({ ...releaseB, proved: false })],
        ["runs another release", running(recorded("C"))],
        ["holds nothing", { replicas: 0, running: 0, ready: 0, strays: [], ended: 0, deviations: [] }],
        ["should have no container", running(releaseB, 0)],
        ["has one container too few ready", running(releaseB, 2, { ready: 1 })],
        ["is stopped", stopped(releaseB)],
    ])("takes back a switch whose target %s", (_name, green) => {
        const { service, recovery } = settle(blueWithA({ live: "green", confirmed: "blue", green, intent }));
        expect(recovery).toEqual({ kind: "undo", live: "blue", release: recorded("A").id });
        expect(service).toMatchObject({ live: "blue", confirmed: "blue", intent: undefined });
    });

    it("finishes a switch whose target has a container that answers if the other color has none", () => {
        const green = running(releaseB, 2, { ready: 1 });
        const world = { live: "green", confirmed: "blue", green, intent } as const;
        expect(settle(blueWithA({ ...world, blue: stopped(recorded("A")) })).recovery?.kind).toBe("finish");
        const nobody = running(releaseB, 2, { ready: 0 });
        expect(settle(blueWithA({ ...world, green: nobody, blue: stopped(recorded("A")) })).recovery?.kind).toBe(
            "undo",
        );
    });

    it("completes the judgement of the live release, also on the color that was stable before", () => {
        const stable = { color: "blue", release: recorded("A").id } as const;
        const bake: Intent = { kind: "bake", color: "blue", from: "green", release: releaseB.id, until: "later" };
        const recovery = { kind: "bake", live: "blue", release: releaseB.id };
        expect(settle(observed({ live: "blue", blue: running(releaseB), stable, intent: bake })).recovery).toEqual(
            recovery,
        );
    });

    it("does not judge a bad release again that is live because the other color has no container", () => {
        const stable = { color: "blue", release: recorded("A").id } as const;
        const bad = running({ ...releaseB, judgedBad: { reason: "5xx" } });
        const world = blueWithA({ live: "green", green: bad, blue: stopped(recorded("A")), stable });
        expect(settle(world)).toEqual({ service: world });
    });

    it("takes a bad release back, unless no other container is left", () => {
        const world = blueWithA({ green: running(releaseB), intent });
        expect(settle(world, { bad: [releaseB.id] }).recovery).toMatchObject({ kind: "undo", live: "blue" });
        const blue = running(recorded("A"), 1, { ready: 0 });
        expect(settle({ ...world, blue }, { bad: [releaseB.id] }).recovery).toMatchObject({
            kind: "finish",
            live: "green",
        });
    });

    it("keeps the verdict of a switch back even if that switch is taken back", () => {
        const verdict = { release: releaseB.id, reason: "it answered 500" };
        const back: Intent = { kind: "switch", from: "green", to: "blue", release: recorded("A").id, verdict };
        const world = blueWithA({
            live: "green",
            green: running(releaseB),
            blue: stopped(recorded("A"), 2, 1),
            intent: back,
        });
        const { service, recovery } = settle(world);
        expect(recovery).toMatchObject({ kind: "undo", live: "green" });
        expect(service.judgedBad[releaseB.id]?.reason).toBe("it answered 500");
    });

    it("leaves a link that was being rewritten to the plan if its color is not whole", () => {
        const again: Intent = { kind: "switch", from: "blue", to: "blue", release: recorded("A").id };
        const world = blueWithA({ live: "green", confirmed: "blue", blue: stopped(recorded("A")), intent: again });
        expect(settle(world)).toEqual({ service: world });
    });

    it("takes the first switch back to no link", () => {
        const { service, recovery } = settle(
            observed({ live: "blue", confirmed: "none", intent: { ...intent, from: "none", to: "blue" } }),
        );
        expect(recovery).toEqual({ kind: "undo", live: "none", release: undefined });
        expect(service).toMatchObject({ live: "none", confirmed: "none" });
    });

    it("keeps the farewell of the previous color for a switch that is finished, and drops it for one that is taken back", () => {
        const farewell: Intent = { ...intent, farewell: "remove" };
        expect(settle(blueWithA({ green: running(releaseB), intent: farewell })).service.intent).toEqual({
            kind: "leave",
            color: "blue",
            farewell: "remove",
        });
        expect(settle(blueWithA({ green: stopped(releaseB), intent: farewell })).service.intent).toBeUndefined();
    });
});

describe("the link after the recovery", () => {
    const world = blueWithA({ green: running(releaseB), percent: 25, confirmedPercent: 25 });

    it.each<[string, Recovery | undefined, object]>([
        ["stays without a recovery", undefined, { live: "blue", percent: 25 }],
        ["stays when the live release is judged", { kind: "bake", live: "blue" }, { live: "blue", percent: 25 }],
        [
            "is on the live color alone when a share is given back",
            { kind: "withdraw", live: "blue" },
            { live: "blue", percent: 0 },
        ],
        ["is where a finished switch leads", { kind: "finish", live: "green" }, { live: "green", percent: 0 }],
    ])("%s", (_name, recovery, link) => {
        expect(linkAfter(world, recovery)).toEqual(link);
    });
});

describe("the target of a switch that is not confirmed", () => {
    it.each([
        ["a release", { from: "blue", to: "green" }, true],
        ["the first release", { from: "none", to: "blue" }, true],
        ["a canary", { from: "blue", to: "blue", percent: 25 }, true],
        ["a repair of the confirmed link", { from: "blue", to: "blue" }, false],
    ] as const)("is judged bad unless the switch only rewrites the confirmed link: %s", (_name, intent, isJudged) => {
        expect(!isRewriting(intent)).toBe(isJudged);
    });
});

describe("the judgement after a confirmed switch", () => {
    it.each([
        ["a new release", "blue"],
        ["a release that a repair has led back to", "green"],
    ] as const)("can move the link back to the other color: %s", (_name, from) => {
        const done = { from, to: "green", release: releaseB.id, bakeMs: 15_000 } as const;
        expect(nextOf(done, new Date(0))).toMatchObject({
            kind: "bake",
            color: "green",
            from: "blue",
            release: releaseB.id,
        });
    });
});
