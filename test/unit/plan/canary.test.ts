import { describe, expect, it } from "vitest";
import type { Intent } from "../../../model/Intent";
import { percentOf, shareOf } from "../../../model/Live";
import type { ObservedService } from "../../../model/ObservedService";
import type { CanarySettings } from "../../../model/StrategySettings";
import { findDrift } from "../../../plan/drift";
import type { Plan } from "../../../plan/Plan";
import { settle } from "../../../plan/settle";
import { actsOf, blueWithA, plan, recorded, running, stopped, wish } from "./support";

const releaseB = recorded("B", { linked: false, promotion: 2 });
/** Blue live with A, green has a share of the requests with B. */
const canaryOf = (percent: number, change: Partial<ObservedService> = {}) =>
    blueWithA({ green: running(releaseB), percent, confirmedPercent: percent, promotions: 2, ...change });

const step = (weight: number, pauseMs = 60_000, replicas?: number) => ({ weight, pauseMs, analysis: true, replicas });
const held = (weight: number, replicas?: number): CanarySettings => ({
    steps: weight < 100 ? [step(weight, 60_000, replicas)] : [],
    promotes: weight === 100,
    sticky: "none",
});
const walking: CanarySettings = { steps: [step(10), step(50)], promotes: true, sticky: "cookie" };
/** 25 % with one container, 50 % with two, then all. */
const growing: CanarySettings = { ...walking, steps: [step(25, 30_000, 1), step(50, 30_000, 2)] };

function planned(world: ObservedService, version: string, settings: CanarySettings, change: object = {}): Plan {
    const { policy = {}, ...rest } = change as { policy?: object };
    return plan(world, wish(version, { ...rest, policy: { strategy: { kind: "canary", ...settings }, ...policy } }));
}

/** What a plan does, with the shares that it gives. */
function whatOf(made: Plan): string[] {
    const { walk, percent, act, live } = made.link;
    const shares = act && walk ? walk.steps.map(({ weight }) => `${walk.color} ${weight} %`) : [];
    return [...actsOf(made), ...shares, ...(percent === undefined ? [] : [`${live} keeps ${100 - percent} %`])];
}

describe("a canary with a held weight", () => {
    it("brings the release to the idle color, proves it, and gives it its share; the link stays", () => {
        const made = planned(blueWithA(), "B", held(25));
        expect(made.row).toBe("release");
        expect(made.sentence).toBe(
            "green gets shop/web:B (1 replica), is proved, then it gets 25 % of the requests and is judged for 60 s; " +
                "the link stays on blue, which serves the rest.",
        );
        expect(whatOf(made)).toEqual(["green: shop/web:B x1", "link: blue for *", "green 25 %", "blue keeps 75 %"]);
        expect(made.hooks).toEqual(["preDeploy", "prePromotion"]);
    });

    it("changes the link alone when the weight changes, and asks no hook again", () => {
        const more = planned(canaryOf(25), "B", held(50));
        expect(more.row).toBe("canary");
        expect(more.sentence).toBe(
            "green holds shop/web:B, proved: it gets 50 % of the requests and is judged for 60 s; " +
                "the link stays on blue, which serves the rest.",
        );
        expect(whatOf(more)).toEqual(["link: blue for *", "green 50 %", "blue keeps 50 %"]);
        expect(more.hooks).toEqual([]);
        const less = planned(canaryOf(50), "B", held(25));
        expect(whatOf(less)).toEqual(["link: blue for *", "green 25 %", "blue keeps 75 %"]);
        expect(less.link.walk?.steps).toEqual([step(25, 0)]);
    });

    it("does nothing while the weight stays", () => {
        const made = planned(canaryOf(25), "B", held(25));
        expect(made).toMatchObject({ row: "nothing", link: { live: "blue", percent: 25, act: false } });
        expect(actsOf(made)).toEqual([]);
        expect(made.sentence).toBe(
            "nothing to do: green holds shop/web:B, proved: it goes on with 25 % of the requests; " +
                "the link stays on blue, which serves the rest.",
        );
    });

    it("writes the link again for another way to stick", () => {
        const made = planned(canaryOf(25, { sticky: "hash" }), "B", { ...held(25), sticky: "cookie" });
        expect(made.link).toMatchObject({ act: true, walk: { sticky: "cookie", steps: [step(25, 0)] } });
    });

    it("moves the link at 100, and the release is judged as any other", () => {
        const made = planned(canaryOf(25), "B", held(100), { policy: { bakeTimeMs: 15_000 } });
        expect(made).toMatchObject({ row: "canary", link: { live: "green", act: true, walk: { steps: [] } } });
        expect(made.sentence).toContain("the link moves blue => green and is judged for 15 s; blue stays warm.");
        expect(made.link.percent).toBeUndefined();
    });

    it("goes back at 0: the link alone, no container", () => {
        const made = planned(canaryOf(25), "B", held(0));
        expect(made.recovery).toEqual({ kind: "withdraw", live: "blue", release: recorded("A").id });
        expect(whatOf(made)).toEqual(["withdraw to blue", "link: blue for *"]);
        expect(made.sentence).toBe("green gives its share of the requests back, so that blue serves all of them.");
    });

    it("at 0 from the start waits, proved, with no users", () => {
        const made = planned(blueWithA(), "B", held(0));
        expect(whatOf(made)).toEqual(["green: shop/web:B x1"]);
        expect(made.sentence).toContain(
            "is proved, then it waits at 0 % of the requests, reachable at its preview address",
        );
        expect(made.hooks).toEqual(["preDeploy"]);
        expect(actsOf(planned(blueWithA({ green: running(releaseB) }), "B", held(0)))).toEqual([]);
    });

    it("scales its color in place, and goes on", () => {
        const made = planned(canaryOf(25), "B", held(25), { replicas: 2 });
        expect(whatOf(made)).toEqual(["green: shop/web:B x2", "blue keeps 75 %"]);
        expect(made.sentence).toContain("green (shop/web:B) is brought to 2 replicas, then it goes on with 25 %");
    });

    it("may do with fewer containers until it has everything", () => {
        const few = held(25, 1);
        const blue = running(recorded("A"), 4);
        const begun = planned(blueWithA({ blue }), "B", few, { replicas: 4 });
        expect(whatOf(begun)).toEqual(["green: shop/web:B x1", "link: blue for *", "green 25 %", "blue keeps 75 %"]);
        expect(begun.sentence).toContain("it gets 25 % of the requests with 1 container and is judged for 60 s");
        expect(begun.green.deployed).toBeUndefined();
        expect(actsOf(planned(canaryOf(25, { blue }), "B", few, { replicas: 4 }))).toEqual([]);
        const all = planned(canaryOf(25, { blue }), "B", held(100), { replicas: 4 });
        expect(whatOf(all)).toEqual(["green: shop/web:B x4", "link: green for *"]);
        expect(all.sentence).toContain(
            "green (shop/web:B) is brought to 4 replicas, then the link moves blue => green",
        );
    });

    it("at 0 does with few containers as well, before it has a share and behind it", () => {
        const blue = running(recorded("A"), 4);
        const none = held(0, 1);
        expect(whatOf(planned(blueWithA({ blue }), "B", none, { replicas: 4 }))).toEqual(["green: shop/web:B x1"]);
        expect(actsOf(planned(blueWithA({ blue, green: running(releaseB) }), "B", none, { replicas: 4 }))).toEqual([]);
        const back = planned(canaryOf(25, { blue }), "B", none, { replicas: 4 });
        expect(whatOf(back)).toEqual(["withdraw to blue", "link: blue for *"]);
        // Another way to stick means nothing where nobody has anything to stick to.
        expect(actsOf(planned(blueWithA({ green: running(releaseB) }), "B", { ...held(0), sticky: "cookie" }))).toEqual(
            [],
        );
    });

    it("gives all requests at once to a release that was live before, without a canary", () => {
        const made = planned(blueWithA({ green: running(recorded("B")) }), "B", held(25));
        expect(made.row).toBe("return");
        expect(whatOf(made)).toEqual(["link: green for *"]);
    });
});

describe("a canary with steps", () => {
    it("lists them, and ends with the move of the link", () => {
        const made = planned(blueWithA(), "B", walking, { policy: { bakeTimeMs: 15_000 } });
        expect(made.sentence).toBe(
            "green gets shop/web:B (1 replica), is proved, then it gets 10 %, then 50 %, then all of the requests; " +
                "blue stays warm.",
        );
        expect(made.steps).toEqual([
            "1. green gets 10 % of the requests and is judged for 60 s",
            "2. green gets 50 % of the requests and is judged for 60 s",
            "3. green gets all requests: the link moves blue => green and is judged for 15 s",
        ]);
        expect(made.link).toMatchObject({ live: "green", walk: { color: "green", sticky: "cookie" } });
    });

    it("goes on behind the share that it has", () => {
        const made = planned(canaryOf(10), "B", walking);
        expect(made.link.walk?.steps).toEqual([step(50)]);
        expect(made.hooks).toEqual([]);
        expect(planned(canaryOf(50), "B", walking).link.walk?.steps).toEqual([]);
    });

    it("says what is not judged, and what is not waited for", () => {
        const steps = [{ ...step(10, 5_000), analysis: false }, step(50, 0)];
        expect(planned(blueWithA(), "B", { ...walking, steps }).steps?.slice(0, 2)).toEqual([
            "1. green gets 10 % of the requests for 5 s, not judged",
            "2. green gets 50 % of the requests",
        ]);
    });

    it("waits for its promotion before the first of them, with the containers of that one", () => {
        const blue = running(recorded("A"), 4);
        const policy = { autoPromotion: false };
        const begun = planned(blueWithA({ blue }), "B", growing, { replicas: 4, policy });
        expect(begun.green).toMatchObject({ replicas: 1, act: true });
        expect(begun.green.deployed).toBeUndefined();
        const world = blueWithA({ blue, green: running(releaseB) });
        expect(planned(world, "B", growing, { replicas: 4, policy })).toMatchObject({
            row: "waiting",
            green: { replicas: 1, act: false },
        });
        const promoted = planned(world, "B", growing, { replicas: 4, policy, promote: releaseB.id });
        expect(promoted).toMatchObject({ row: "finish", green: { replicas: 4, act: false }, link: { act: true } });
    });

    it("waits for its promotion before the first of them", () => {
        const made = planned(blueWithA({ green: running(releaseB) }), "B", walking, {
            policy: { autoPromotion: false },
        });
        expect(made.row).toBe("waiting");
    });
});

describe("steps with containers of their own", () => {
    const blue = running(recorded("A"), 4);
    const at = (percent: number, containers: number, change: Partial<ObservedService> = {}) =>
        canaryOf(percent, { blue, green: running(releaseB, containers), ...change });
    const next = (world: ObservedService, settings = growing) => planned(world, "B", settings, { replicas: 4 });
    /** What each step still to come has. */
    const sizesOf = ({ link: { walk } }: Plan) => walk?.steps.map(({ replicas }) => replicas);

    it("begin with those of the first one, and say how many each of them has", () => {
        const made = next(blueWithA({ blue }));
        expect(made.sentence).toBe(
            "green gets shop/web:B (1 replica), is proved, then it gets 25 % with 1 container, then 50 % with " +
                "2 containers, then all of the requests; blue stays warm.",
        );
        expect(made.steps).toEqual([
            "1. green gets 25 % of the requests with 1 container and is judged for 30 s",
            "2. green gets 50 % of the requests with 2 containers and is judged for 30 s",
            "3. green gets all requests with 4 containers: the link moves blue => green",
        ]);
        expect(made.green).toMatchObject({ act: true, deployed: 1, replicas: 4 });
        expect(made.blue).toMatchObject({ act: false, replicas: 4 });
        expect(sizesOf(made)).toEqual([1, 2]);
    });

    it("have all of them where a step does not say it", () => {
        const made = next(blueWithA({ blue }), { ...walking, steps: [step(10, 0, 1), step(50, 0)] });
        expect(made.steps?.slice(0, 2)).toEqual([
            "1. green gets 10 % of the requests with 1 container",
            "2. green gets 50 % of the requests with 4 containers",
        ]);
        expect(sizesOf(made)).toEqual([1, undefined]);
        expect(next(blueWithA({ blue }), { ...walking, steps: [step(10, 0, 4)] }).steps?.[0]).toBe(
            "1. green gets 10 % of the requests",
        );
    });

    it.each<[string, ObservedService, object, (number | undefined)[]]>([
        ["before the first share", blueWithA({ blue, green: running(releaseB) }), { act: false, deployed: 1 }, [1, 2]],
        ["at the first share", at(25, 1), { act: true, deployed: 2 }, [2]],
        ["scaled for the second", at(25, 2), { act: false, deployed: 2 }, [2]],
        ["at the second share", at(50, 2), { act: true }, []],
        ["scaled for the link", at(50, 4), { act: false }, []],
    ])("go on with the one that is next: %s", (_, world, green, sizes) => {
        const made = next(world);
        expect(made).toMatchObject({ green: { replicas: 4, ...green }, link: { live: "green", act: true } });
        expect(sizesOf(made)).toEqual(sizes);
        if (!("deployed" in green)) {
            expect(made.green.deployed).toBeUndefined();
        }
    });

    it("go on with the rest of an interrupted scaling, which is not drift", () => {
        const green = running(releaseB, 1, { running: 2, ready: 1 });
        expect(next(at(25, 1, { green }))).toMatchObject({ row: "canary", green: { act: true, deployed: 2 } });
    });

    it("take no container away under a share, whatever the steps say by now", () => {
        const more = next(at(25, 3));
        expect(more.green).toMatchObject({ act: false, deployed: 3, replicas: 4 });
        expect(sizesOf(more)).toEqual([3]);
        // But no more than the service has in the end.
        const fewer = planned(at(25, 3), "B", growing, { replicas: 2 });
        expect(fewer.green).toMatchObject({ act: true, replicas: 2 });
        expect(sizesOf(fewer)).toEqual([undefined]);
    });

    it("are finished or judged on after an interruption, with the containers that there are", () => {
        const share: Intent = {
            kind: "switch",
            from: "blue",
            to: "blue",
            release: releaseB.id,
            percent: 50,
            step: step(50, 0, 2),
        };
        expect(next(at(25, 2, { intent: share }))).toMatchObject({
            recovery: { kind: "finish", percent: 50 },
            green: { act: true, replicas: 4 },
        });
        const until = "2026-11-25T12:00:00.000Z";
        const judging: Intent = {
            kind: "bake",
            color: "green",
            from: "blue",
            release: releaseB.id,
            until,
            step: step(25, 0, 1),
        };
        expect(next(at(25, 1, { intent: judging }))).toMatchObject({
            recovery: { kind: "bake", percent: 25 },
            green: { act: true, deployed: 2 },
        });
    });

    it("give everything back with the containers that there are, and a third release begins with the first step's", () => {
        expect(whatOf(planned(at(25, 1), "A", growing, { replicas: 4 }))).toEqual([
            "withdraw to blue",
            "link: blue for *",
        ]);
        expect(planned(at(50, 2), "C", growing, { replicas: 4 }).green).toMatchObject({ deployed: 1, replicas: 4 });
    });

    it("have all of them before the link moves for another reason", () => {
        expect(planned(at(25, 1), "B", growing, { replicas: 4, live: "green" }).green).toMatchObject({
            act: true,
            replicas: 4,
        });
        const made = plan(at(25, 1), wish("B", { replicas: 4 }));
        expect(made.green).toMatchObject({ act: true, replicas: 4 });
        expect(made.green.deployed).toBeUndefined();
    });
});

describe("a color with a share of the requests", () => {
    it("is left alone when what is live is wanted: the share goes back, no container is touched", () => {
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

    it("keeps it while what is wanted cannot be had or was judged bad", () => {
        for (const made of [
            planned(canaryOf(25), "C", held(25), { imageProblem: "no such image" }),
            planned(canaryOf(25, { judgedBad: { [recorded("C").id]: { reason: "5xx" } } }), "C", held(25)),
        ]) {
            expect(made.refusal).toBeDefined();
            expect(made.recovery).toBeUndefined();
            expect(made.link.percent).toBe(25);
        }
    });

    it("gets everything when it is pinned, and nothing when the other one is", () => {
        expect(whatOf(planned(canaryOf(25), "A", held(25), { live: "green" }))).toEqual(["link: green for *"]);
        expect(whatOf(planned(canaryOf(25), "B", held(25), { live: "blue" }))).toEqual([
            "withdraw to blue",
            "link: blue for *",
        ]);
    });

    it("gets all requests once the strategy is not canary any more", () => {
        const made = plan(canaryOf(25), wish("B"));
        expect(whatOf(made)).toEqual(["link: green for *"]);
    });

    it("is watched for drift as the live one is, unless it is about to lose its share", () => {
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

    it("gets everything at once, where it is to get something: the fix waits for no broken release", () => {
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

    it("keeps it until the live color is back", () => {
        const gone = running(recorded("A"), 0);
        const made = planned(canaryOf(25, { blue: gone }), "A", held(25));
        expect(made.recovery).toBeUndefined();
        expect(whatOf(made)).toEqual(["blue: shop/web:A x1", "link: blue for *"]);
        expect(made.link.percent).toBeUndefined();
    });
});

it("says its share in words, and reads them", () => {
    expect(shareOf(canaryOf(25))).toBe("green 25 %");
    expect([shareOf(canaryOf(25)), shareOf(canaryOf(5)), shareOf(blueWithA())].map(percentOf)).toEqual([25, 5, 0]);
});

describe("drift of a share", () => {
    const whats = (change: Partial<ObservedService>) => findDrift(canaryOf(25, change)).map(({ what }) => what);

    it("is another one than the confirmed one, in memory or in the file", () => {
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

    it("is watched on the canary's color too while somebody has taken its share away", () => {
        expect(whats({ percent: 0, green: stopped(releaseB) })).toContain("web-1 is stopped");
    });

    it("is repaired only where its color is whole", () => {
        const sick = running(releaseB, 2, { ready: 1 });
        const made = planned(canaryOf(25, { percent: 50, green: sick }), "B", held(25), {
            policy: { driftPolicy: "repair" },
        });
        expect(made).toMatchObject({ row: "repair", link: { live: "blue", act: true } });
        expect(made.link.percent).toBeUndefined();
        expect(made.sentence).toContain("green gives its share of the requests back");
    });

    it("is repaired to what was confirmed", () => {
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

    it("finishes it where its color is proved and ready, and still wanted", () => {
        for (const percent of [0, 25]) {
            const { service, recovery } = settle(canaryOf(percent, { intent }), shares);
            expect(recovery).toEqual({ kind: "finish", live: "blue", release: releaseB.id, percent: 25 });
            expect(service).toMatchObject({ live: "blue", percent: 25, confirmedPercent: 25, intent: undefined });
        }
    });

    it("takes it back where it is not", () => {
        for (const [world, prospect] of [
            [canaryOf(25, { intent, green: stopped(releaseB) }), shares],
            [canaryOf(25, { intent }), {}],
        ] as const) {
            const { service, recovery } = settle(world, prospect);
            expect(recovery).toEqual({ kind: "undo", live: "blue", release: recorded("A").id });
            expect(service).toMatchObject({ live: "blue", percent: 0, confirmedPercent: 0, intent: undefined });
        }
    });

    it("finishes it also where it is not wanted, if no other container is left", () => {
        const blue = running(recorded("A"), 1, { ready: 0 });
        expect(settle(canaryOf(25, { intent, blue })).recovery).toMatchObject({ kind: "finish", percent: 25 });
    });

    it("does not, where the release was judged bad meanwhile", () => {
        const bad = { ...releaseB, judgedBad: { reason: "5xx" } };
        const made = planned(canaryOf(25, { intent, green: running(bad) }), "B", held(25));
        expect(made).toMatchObject({ row: "judgedBad", recovery: { kind: "undo" } });
    });

    it("is drift where somebody has moved the link meanwhile", () => {
        const world = canaryOf(25, { intent, live: "green", confirmed: "blue" });
        expect(settle(world, shares)).toEqual({ service: world });
        expect(planned(world, "B", held(25)).row).toBe("drift");
    });

    it("gives a share back to the end, unless no container would answer then", () => {
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
        // Judged bad it is all the same: it gets no more than it has.
        const verdict = { release: releaseB.id, reason: "5xx" };
        const judged = settle(canaryOf(25, { intent: { ...back, verdict }, blue })).service;
        expect(judged.judgedBad).toMatchObject({ [releaseB.id]: { reason: "5xx" } });
    });

    it("judges a step to its end, unless its share goes back", () => {
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
