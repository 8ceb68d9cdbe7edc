import { describe, expect, it } from "vitest";
import type { Intent } from "../../../model/Intent";
import type { ObservedService } from "../../../model/ObservedService";
import type { Plan } from "../../../plan/Plan";
import { canaryOf, growing, planned, releaseB, step, walking, whatOf } from "./canarySupport";
import { blueWithA, plan, recorded, running, wish } from "./support";

describe("a canary with steps", () => {
    it("lists its steps, and ends with the move of the link", () => {
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

    it("goes on with the step after its share", () => {
        const made = planned(canaryOf(10), "B", walking);
        expect(made.link.walk?.steps).toEqual([step(50)]);
        expect(made.hooks).toEqual([]);
        expect(planned(canaryOf(50), "B", walking).link.walk?.steps).toEqual([]);
    });

    it("names the steps that are not judged, and those without a pause", () => {
        const steps = [{ ...step(10, 5_000), analysis: false }, step(50, 0)];
        expect(planned(blueWithA(), "B", { ...walking, steps }).steps?.slice(0, 2)).toEqual([
            "1. green gets 10 % of the requests for 5 s, not judged",
            "2. green gets 50 % of the requests",
        ]);
    });

    it("waits for its promotion before the first step, with that step's containers", () => {
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

    it("waits for its promotion before the first step", () => {
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
    /** @returns the number of containers in each step to come */
    const sizesOf = ({ link: { walk } }: Plan) => walk?.steps.map(({ replicas }) => replicas);

    it("begin with the containers of the first step, and name each step's number", () => {
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

    it("have all containers in a step that names no number", () => {
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
    ])("go on with the next step: %s", (_, world, green, sizes) => {
        const made = next(world);
        expect(made).toMatchObject({ green: { replicas: 4, ...green }, link: { live: "green", act: true } });
        expect(sizesOf(made)).toEqual(sizes);
        if (!("deployed" in green)) {
            expect(made.green.deployed).toBeUndefined();
        }
    });

    it("go on with an interrupted scaling, which is not drift", () => {
        const green = running(releaseB, 1, { running: 2, ready: 1 });
        expect(next(at(25, 1, { green }))).toMatchObject({ row: "canary", green: { act: true, deployed: 2 } });
    });

    it("remove no container while the canary has a share, although the steps may have changed", () => {
        const more = next(at(25, 3));
        expect(more.green).toMatchObject({ act: false, deployed: 3, replicas: 4 });
        expect(sizesOf(more)).toEqual([3]);
        // But it has at most as many as the service has in the end.
        const fewer = planned(at(25, 3), "B", growing, { replicas: 2 });
        expect(fewer.green).toMatchObject({ act: true, replicas: 2 });
        expect(sizesOf(fewer)).toEqual([undefined]);
    });

    it("are finished or judged after an interruption, with the containers that exist", () => {
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

    it("give their share back without a change of containers, and a third release begins with the first step", () => {
        expect(whatOf(planned(at(25, 1), "A", growing, { replicas: 4 }))).toEqual([
            "withdraw to blue",
            "link: blue for *",
        ]);
        expect(planned(at(50, 2), "C", growing, { replicas: 4 }).green).toMatchObject({ deployed: 1, replicas: 4 });
    });

    it("have all containers before the link moves for another reason", () => {
        expect(planned(at(25, 1), "B", growing, { replicas: 4, live: "green" }).green).toMatchObject({
            act: true,
            replicas: 4,
        });
        const made = plan(at(25, 1), wish("B", { replicas: 4 }));
        expect(made.green).toMatchObject({ act: true, replicas: 4 });
        expect(made.green.deployed).toBeUndefined();
    });
});
