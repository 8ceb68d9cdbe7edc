import { describe, expect, it } from "vitest";
import type { Intent } from "../../../model/Intent";
import { percentOf, shareOf } from "../../../model/Live";
import type { ObservedService } from "../../../model/ObservedService";
import { findDrift } from "../../../plan/drift";
import { settle } from "../../../plan/settle";
import { canaryOf, growing, held, planned, releaseB, step, walking, whatOf } from "./canarySupport";
import { blueWithA, plan, recorded, running, stopped, wish } from "./support";

describe("a color with a share of the requests", () => {
    it("loses its share when the config asks for the live release, and no container is touched", () => {
        const made = planned(canaryOf(25), "A", held(25));
        expect(whatOf(made)).toEqual(["withdraw to blue", "link: blue for *"]);
    });

    it("gives its share back before it gets another release", () => {
        const made = planned(canaryOf(25), "C", held(25));
        expect(made.row).toBe("release");
        expect(made.recovery?.kind).toBe("withdraw");
        expect(whatOf(made)).toEqual([
            "withdraw to blue",
            "green: shop/web:C x1",
            "link: blue for *",
            "green 25 %",
            "blue keeps 75 %",
        ]);
        expect(made.sentence).toMatch(
            /^first green gives its share of the requests back, .*; then green gets shop\/web:C/,
        );
    });

    it("gives its share back to a release that somebody has linked before it was judged, which is judged then", () => {
        const { stable, blue } = canaryOf(25);
        const world = canaryOf(25, {
            blue: { ...blue, release: recorded("C", { linked: false }) },
            stable: { color: "green", release: stable?.release ?? "" },
        });
        const made = planned(world, "C", held(25));
        expect(made.recovery).toMatchObject({ kind: "withdraw", live: "blue", judges: true });
        expect(made.sentence).toMatch(/^green gives its share .*\. What blue serves is judged after that/);
    });

    it("keeps its share while the wanted image is missing or the release was judged bad", () => {
        for (const made of [
            planned(canaryOf(25), "C", held(25), { imageProblem: "no such image" }),
            planned(canaryOf(25, { judgedBad: { [recorded("C").id]: { reason: "5xx" } } }), "C", held(25)),
        ]) {
            expect(made.refusal).toBeDefined();
            expect(made.recovery).toBeUndefined();
            expect(made.link.percent).toBe(25);
        }
    });

    it("gets all requests when it is pinned, and none when the other color is", () => {
        expect(whatOf(planned(canaryOf(25), "A", held(25), { live: "green" }))).toEqual(["link: green for *"]);
        expect(whatOf(planned(canaryOf(25), "B", held(25), { live: "blue" }))).toEqual([
            "withdraw to blue",
            "link: blue for *",
        ]);
    });

    it("gets all requests when the strategy is not canary any more", () => {
        const made = plan(canaryOf(25), wish("B"));
        expect(whatOf(made)).toEqual(["link: green for *"]);
    });

    it("is checked for drift as the live color is, unless it is about to lose its share", () => {
        const world = canaryOf(25, { green: stopped(releaseB) });
        expect(planned(world, "B", held(25)).row).toBe("drift");
        expect(whatOf(planned(world, "A", held(25)))).toEqual(["withdraw to blue", "link: blue for *"]);
        const repaired = planned(world, "B", held(25), { policy: { driftPolicy: "repair" } });
        expect(repaired).toMatchObject({ row: "repair", link: { live: "blue", act: true }, green: { act: false } });
        expect(repaired.link.percent).toBeUndefined();
        expect(repaired.sentence).toContain("green gives its share of the requests back");
    });
});

describe("a canary beside a color without a container that answers", () => {
    const blue = running(recorded("A"), 1, { ready: 0 });

    it("gets all requests at once instead of a share, because a fix does not wait for a broken release", () => {
        for (const settings of [held(25, 1), growing]) {
            expect(whatOf(planned(blueWithA({ blue }), "B", settings, { replicas: 2 }))).toEqual([
                "green: shop/web:B x2",
                "link: green for *",
            ]);
        }
        expect(whatOf(planned(canaryOf(25, { blue }), "B", walking))).toEqual(["link: green for *"]);
        expect(whatOf(planned(blueWithA({ blue }), "B", held(0)))).toEqual(["green: shop/web:B x1"]);
    });

    it("keeps its share while no other container would answer", () => {
        for (const [version, settings] of [
            ["C", held(25)],
            ["A", held(25)],
            ["B", held(0)],
        ] as const) {
            const made = planned(canaryOf(25, { blue }), version, settings);
            expect(made).toMatchObject({ row: "canary", link: { percent: 25 }, green: { act: false } });
            expect(made.refusal).toBe(
                "blue has no container that is ready, so green keeps its 25 % of the requests. To give it all of them: " +
                    "pulumi config set --path relink:services.web.live green",
            );
        }
        expect(whatOf(planned(canaryOf(25, { blue }), "C", held(25), { live: "green" }))).toEqual([
            "link: green for *",
        ]);
    });

    it("keeps its share until the live color is back", () => {
        const gone = running(recorded("A"), 0);
        const made = planned(canaryOf(25, { blue: gone }), "A", held(25));
        expect(made.recovery).toBeUndefined();
        expect(whatOf(made)).toEqual(["blue: shop/web:A x1", "link: blue for *"]);
        expect(made.link.percent).toBeUndefined();
    });
});

it("a canary's share reads back from its words", () => {
    expect(shareOf(canaryOf(25))).toBe("green 25 %");
    expect([shareOf(canaryOf(25)), shareOf(canaryOf(5)), shareOf(blueWithA())].map(percentOf)).toEqual([25, 5, 0]);
});

describe("drift of a share", () => {
    const whats = (change: Partial<ObservedService>) => findDrift(canaryOf(25, change)).map(({ what }) => what);

    it("is a share that differs from the confirmed one, in memory or in the file", () => {
        expect(whats({})).toEqual([]);
        expect(whats({ written: "blue", writtenPercent: 25 })).toEqual([]);
        expect(whats({ percent: 50 })).toEqual([
            "HAProxy sends 50 % of its requests to the color that is not live, but the last confirmed share is 25 %",
        ]);
        expect(whats({ percent: 0 })).toHaveLength(1);
        expect(whats({ written: "blue" })).toEqual([
            "HAProxy's map file gives green 0 %, but the last confirmed share is 25 %: it would have that when HAProxy " +
                "starts again or reloads",
        ]);
    });

    it("is found on the canary's color also while somebody has taken its share away", () => {
        expect(whats({ percent: 0, green: stopped(releaseB) })).toContain("web-1 is stopped");
    });

    it("is repaired only if the canary's color is whole", () => {
        const sick = running(releaseB, 2, { ready: 1 });
        const made = planned(canaryOf(25, { percent: 50, green: sick }), "B", held(25), {
            policy: { driftPolicy: "repair" },
        });
        expect(made).toMatchObject({ row: "repair", link: { live: "blue", act: true } });
        expect(made.link.percent).toBeUndefined();
        expect(made.sentence).toContain("green gives its share of the requests back");
    });

    it("is repaired to the confirmed share", () => {
        const made = planned(canaryOf(25, { percent: 50 }), "B", held(25), { policy: { driftPolicy: "repair" } });
        expect(made).toMatchObject({ row: "repair", link: { live: "blue", percent: 25, act: true } });
    });
});

describe("settling a share that an interrupted up left", () => {
    const intent: Intent = {
        kind: "switch",
        from: "blue",
        to: "blue",
        release: releaseB.id,
        percent: 25,
        step: step(25),
    };
    const shares = { shares: true };

    it("finishes it if its color is proved, ready and still wanted", () => {
        for (const percent of [0, 25]) {
            const { service, recovery } = settle(canaryOf(percent, { intent }), shares);
            expect(recovery).toEqual({ kind: "finish", live: "blue", release: releaseB.id, percent: 25 });
            expect(service).toMatchObject({ live: "blue", percent: 25, confirmedPercent: 25, intent: undefined });
        }
    });

    it("takes it back otherwise", () => {
        for (const [world, prospect] of [
            [canaryOf(25, { intent, green: stopped(releaseB) }), shares],
            [canaryOf(25, { intent }), {}],
        ] as const) {
            const { service, recovery } = settle(world, prospect);
            expect(recovery).toEqual({ kind: "undo", live: "blue", release: recorded("A").id });
            expect(service).toMatchObject({ live: "blue", percent: 0, confirmedPercent: 0, intent: undefined });
        }
    });

    it("finishes it although it is not wanted, if no other container is left", () => {
        const blue = running(recorded("A"), 1, { ready: 0 });
        expect(settle(canaryOf(25, { intent, blue })).recovery).toMatchObject({ kind: "finish", percent: 25 });
    });

    it("does not finish it if the release was judged bad meanwhile", () => {
        const bad = { ...releaseB, judgedBad: { reason: "5xx" } };
        const made = planned(canaryOf(25, { intent, green: running(bad) }), "B", held(25));
        expect(made).toMatchObject({ row: "judgedBad", recovery: { kind: "undo" } });
    });

    it("is not tried if somebody has moved the link meanwhile, which is drift", () => {
        const world = canaryOf(25, { intent, live: "green", confirmed: "blue" });
        expect(settle(world, shares)).toEqual({ service: world });
        expect(planned(world, "B", held(25)).row).toBe("drift");
    });

    it("completes the return of a share, unless no container would answer then", () => {
        const back: Intent = { kind: "switch", from: "blue", to: "blue", release: recorded("A").id, percent: 0 };
        const half = running(recorded("A"), 2, { ready: 1 });
        expect(settle(canaryOf(25, { intent: back, blue: half })).recovery).toEqual({
            kind: "finish",
            live: "blue",
            release: recorded("A").id,
        });
        const blue = running(recorded("A"), 1, { ready: 0 });
        expect(settle(canaryOf(25, { intent: back, blue }))).toMatchObject({ service: { percent: 25, live: "blue" } });
        expect(settle(canaryOf(25, { intent: back, blue })).recovery).toBeUndefined();
        // It counts as judged bad all the same, and keeps at most the share that it has.
        const verdict = { release: releaseB.id, reason: "5xx" };
        const judged = settle(canaryOf(25, { intent: { ...back, verdict }, blue })).service;
        expect(judged.judgedBad).toMatchObject({ [releaseB.id]: { reason: "5xx" } });
    });

    it("completes the judgement of a step, unless its share goes back", () => {
        const open: Intent = {
            kind: "bake",
            color: "green",
            from: "blue",
            release: releaseB.id,
            until: "2026-11-25T12:00:00.000Z",
            step: step(25),
        };
        const world = canaryOf(25, { intent: open });
        expect(settle(world, shares).recovery).toEqual({
            kind: "bake",
            live: "blue",
            release: releaseB.id,
            percent: 25,
        });
        expect(settle(world)).toMatchObject({ service: { intent: undefined, percent: 25 } });
        const made = planned(world, "B", walking);
        expect(made.sentence).toMatch(
            /^first judges what green serves, .* then green holds shop\/web:B, proved: it gets 50 %/,
        );
        expect(planned(world, "A", walking).recovery?.kind).toBe("withdraw");
    });
});
