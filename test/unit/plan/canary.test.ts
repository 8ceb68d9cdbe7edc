import { describe, expect, it } from "vitest";
import { percentOf, shareOf } from "../../../model/Live";
import { chosenUsersPercent } from "../../../model/Share";
import { canaryOf, held, planned, releaseB, step, whatOf } from "./canarySupport";
import { actsOf, blueWithA, recorded, running } from "./support";

describe("a canary with a held weight", () => {
    it("proves the release on the idle color and gives it its share, and the link stays", () => {
        const made = planned(blueWithA(), "B", held(25));
        expect(made.row).toBe("release");
        expect(made.sentence).toBe(
            "green gets shop/web:B (1 replica), is proved, then it gets 25 % of the requests and is judged for 60 s; " +
                "the link stays on blue, which serves the rest.",
        );
        expect(whatOf(made)).toEqual(["green: shop/web:B x1", "link: blue for *", "green 25 %", "blue keeps 75 %"]);
        expect(made.hooks).toEqual(["preDeploy", "prePromotion"]);
    });

    it("changes only the link when the weight changes, and runs no hook again", () => {
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

    it("writes the link again when `sticky` changes", () => {
        const made = planned(canaryOf(25, { sticky: "hash" }), "B", { ...held(25), sticky: "cookie" });
        expect(made.link).toMatchObject({ act: true, walk: { sticky: "cookie", steps: [step(25, 0)] } });
    });

    it("moves the link at 100, and judges the release as any other", () => {
        const made = planned(canaryOf(25), "B", held(100), { policy: { bakeTimeMs: 15_000 } });
        expect(made).toMatchObject({ row: "canary", link: { live: "green", act: true, walk: { steps: [] } } });
        expect(made.sentence).toContain("the link moves blue => green and is judged for 15 s; blue stays warm.");
        expect(made.link.percent).toBeUndefined();
    });

    it("takes its share back at 0, and touches no container", () => {
        const made = planned(canaryOf(25), "B", held(0));
        expect(made.recovery).toEqual({ kind: "withdraw", live: "blue", release: recorded("A").id });
        expect(whatOf(made)).toEqual(["withdraw to blue", "link: blue for *"]);
        expect(made.sentence).toBe("green gives its share of the requests back, so that blue serves all of them.");
    });

    it("at 0 from the start is proved and waits without users", () => {
        const made = planned(blueWithA(), "B", held(0));
        expect(whatOf(made)).toEqual(["green: shop/web:B x1"]);
        expect(made.sentence).toContain(
            "is proved, then it waits at 0 % of the requests, reachable at its preview address",
        );
        expect(made.hooks).toEqual(["preDeploy"]);
        expect(actsOf(planned(blueWithA({ green: running(releaseB) }), "B", held(0)))).toEqual([]);
    });

    it("scales its color in place, and goes on with its share", () => {
        const made = planned(canaryOf(25), "B", held(25), { replicas: 2 });
        expect(whatOf(made)).toEqual(["green: shop/web:B x2", "blue keeps 75 %"]);
        expect(made.sentence).toContain("green (shop/web:B) is brought to 2 replicas, then it goes on with 25 %");
    });

    it("may have fewer containers until it gets all requests", () => {
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

    it("may have fewer containers at 0, before its share and after it", () => {
        const blue = running(recorded("A"), 4);
        const none = held(0, 1);
        expect(whatOf(planned(blueWithA({ blue }), "B", none, { replicas: 4 }))).toEqual(["green: shop/web:B x1"]);
        expect(actsOf(planned(blueWithA({ blue, green: running(releaseB) }), "B", none, { replicas: 4 }))).toEqual([]);
        const back = planned(canaryOf(25, { blue }), "B", none, { replicas: 4 });
        expect(whatOf(back)).toEqual(["withdraw to blue", "link: blue for *"]);
        // Without a share, `sticky` has no effect.
        expect(actsOf(planned(blueWithA({ green: running(releaseB) }), "B", { ...held(0), sticky: "cookie" }))).toEqual(
            [],
        );
    });

    it("does not apply to a release that was live before, which gets all requests at once", () => {
        const made = planned(blueWithA({ green: running(recorded("B")) }), "B", held(25));
        expect(made.row).toBe("return");
        expect(whatOf(made)).toEqual(["link: green for *"]);
    });
});

describe("a canary for chosen users alone", () => {
    const chosen = held(chosenUsersPercent);

    it("gives them the release, and judges it", () => {
        const made = planned(blueWithA(), "B", chosen);
        expect(made.sentence).toContain(
            "it gets requests of chosen users alone and is judged for 60 s; the link stays on blue",
        );
        expect(made.link).toMatchObject({ live: "blue", percent: chosenUsersPercent, walk: { color: "green" } });
    });

    it("goes on without a call, and takes a share of all in the next up", () => {
        expect(planned(canaryOf(chosenUsersPercent), "B", chosen)).toMatchObject({
            row: "nothing",
            link: { act: false },
        });
        expect(whatOf(planned(canaryOf(chosenUsersPercent), "B", held(10)))).toContain("green 10 %");
        // Fewer users need no judgement.
        expect(planned(canaryOf(10), "B", chosen).link.walk?.steps).toEqual([step(chosenUsersPercent, 0)]);
    });

    it("ends when nobody is chosen any more, and is not idle before", () => {
        expect(planned(canaryOf(chosenUsersPercent), "B", held(0)).recovery).toMatchObject({ kind: "withdraw" });
        expect(planned(canaryOf(chosenUsersPercent), "C", chosen).recovery).toMatchObject({ kind: "withdraw" });
        expect(shareOf(canaryOf(chosenUsersPercent))).toBe("green chosen users");
        expect(percentOf(shareOf(canaryOf(chosenUsersPercent)))).toBe(chosenUsersPercent);
    });
});
