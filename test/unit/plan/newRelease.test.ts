import { describe, expect, it } from "vitest";
import { parseRoute } from "../../../model/Route";
import { plan } from "../../../plan/table";
import { blueWithA, observed, recorded, releaseOf, running, stopped, wish } from "./support";
import { type Case, check } from "./tableRow";

describe("a new release", () => {
    it.each<[string, Case]>([
        [
            "goes to the idle color, and the link follows",
            {
                observed: blueWithA(),
                desired: wish("B"),
                row: "release",
                sentence:
                    "green gets shop/web:B (1 replica), is proved, then the link moves blue => green; blue stays warm.",
                acts: ["green: shop/web:B x1", "link: green for *"],
            },
        ],
        [
            "goes to blue while green is live",
            {
                observed: observed({
                    live: "green",
                    green: running(recorded("A"), 2),
                    blue: running(recorded("B"), 2),
                }),
                desired: wish("C", { replicas: 3, routes: ["shop.example.com"].map(parseRoute) }),
                row: "release",
                sentence:
                    "blue gets shop/web:C (3 replicas), is proved, then the link moves green => blue; green stays warm; " +
                    "takes shop.example.com; gives up all other requests.",
                acts: ["blue: shop/web:C x3", "link: blue for shop.example.com"],
            },
        ],
        [
            "is also a tag that moved to a new digest",
            {
                observed: blueWithA(),
                desired: wish("A", { release: { ...releaseOf("B"), image: "shop/web:A" } }),
                row: "release",
                sentence:
                    "green gets shop/web:A (1 replica), is proved, then the link moves blue => green; blue stays warm.",
                acts: ["green: shop/web:A x1", "link: green for *"],
            },
        ],
        [
            "is also a changed setting",
            {
                observed: blueWithA(),
                desired: wish("A", { release: releaseOf("A", { env: { LEVEL: "debug" } }) }),
                row: "release",
                sentence:
                    "green gets shop/web:A with other settings (1 replica), is proved, then the link moves blue => green; blue stays warm.",
                acts: ["green: shop/web:A x1", "link: green for *"],
            },
        ],
        [
            "stops the previous color with previousColor: stop",
            {
                observed: blueWithA(),
                desired: wish("B", { policy: { previousColor: "stop" } }),
                row: "release",
                sentence:
                    "green gets shop/web:B (1 replica), is proved, then the link moves blue => green; blue is drained and stopped.",
                acts: ["green: shop/web:B x1", "link: green for *"],
            },
        ],
        [
            "removes the previous color with previousColor: remove",
            {
                observed: blueWithA(),
                desired: wish("B", { policy: { previousColor: "remove" } }),
                row: "release",
                sentence:
                    "green gets shop/web:B (1 replica), is proved, then the link moves blue => green; blue is drained and removed.",
                acts: ["green: shop/web:B x1", "link: green for *"],
            },
        ],
        [
            "takes the idle color from a release that failed there",
            {
                observed: blueWithA({ green: stopped(recorded("B", { proved: false, linked: false })) }),
                desired: wish("C"),
                row: "release",
                sentence:
                    "green gets shop/web:C (1 replica), is proved, then the link moves blue => green; blue stays warm.",
                acts: ["green: shop/web:C x1", "link: green for *"],
            },
        ],
    ])("%s", (_name, row) => check(row));

    it("has the future state of the previous color", () => {
        const left = (previousColor: "keep" | "stop" | "remove") =>
            plan(blueWithA(), wish("B", { policy: { previousColor } })).blue;
        expect(left("keep")).toMatchObject({ release: { image: "shop/web:A" }, state: "running", replicas: 1 });
        expect(left("stop")).toMatchObject({ release: { image: "shop/web:A" }, state: "stopped", replicas: 1 });
        expect(left("remove")).toEqual({ release: undefined, state: "empty", replicas: 0, act: false });
    });

    it("waits if promote names another release, because only its own id promotes it", () => {
        const world = blueWithA({ green: running(recorded("B", { linked: false })) });
        const promoted = (promote?: string) => plan(world, wish("B", { policy: { autoPromotion: false }, promote }));
        expect(promoted()).toMatchObject({ row: "waiting", link: { live: "blue" } });
        expect(promoted(releaseOf("C").id)).toMatchObject({ row: "waiting", link: { live: "blue" } });
        expect(promoted(releaseOf("B").id)).toMatchObject({ row: "finish", link: { live: "green" } });
    });

    it("expects exactly its own id on the new color, and counts a promotion", () => {
        const { link, promotion } = plan(blueWithA({ promotions: 7 }), wish("B"));
        expect(link.expect).toBe(releaseOf("B").id);
        expect(promotion).toBe(8);
    });
});

describe("an unfinished release", () => {
    const unlinked = (change: object) => recorded("B", { linked: false, promotion: 2, ...change });
    it.each<[string, Case]>([
        [
            "that was proved is linked",
            {
                observed: blueWithA({ green: running(unlinked({ proved: true })), promotions: 2 }),
                desired: wish("B"),
                row: "finish",
                sentence: "green holds shop/web:B, proved: the link moves blue => green; blue stays warm.",
                acts: ["link: green for *"],
            },
        ],
        [
            "that was not proved is finished, proved and linked",
            {
                observed: blueWithA({ green: running(unlinked({ proved: false })), promotions: 2 }),
                desired: wish("B"),
                row: "finish",
                sentence:
                    "green holds shop/web:B from an unfinished release: it is finished and proved, then the link moves blue => green; blue stays warm.",
                acts: ["green: shop/web:B x1", "link: green for *"],
            },
        ],
        [
            "that was stopped after its failed proof is tried again",
            {
                observed: blueWithA({ green: stopped(unlinked({ proved: false })), promotions: 2 }),
                desired: wish("B", { replicas: 2 }),
                row: "finish",
                sentence:
                    "green holds shop/web:B from an unfinished release: it is finished and proved, then the link moves blue => green; blue stays warm.",
                acts: ["green: shop/web:B x2", "link: green for *"],
            },
        ],
        [
            "is not touched if the config does not ask for it any more",
            {
                observed: blueWithA({ green: running(unlinked({ proved: false })), promotions: 2 }),
                desired: wish("A"),
                row: "nothing",
                sentence: "nothing to do: blue serves shop/web:A.",
                acts: [],
            },
        ],
    ])("%s", (_name, row) => check(row));

    it("keeps the number of its promotion, so that a hook that succeeded is not run twice", () => {
        const green = running(unlinked({ proved: false }));
        expect(plan(blueWithA({ green, promotions: 5 }), wish("B")).promotion).toBe(2);
        const blue = stopped(recorded("A", { proved: false, linked: false, promotion: 1 }));
        expect(plan(observed({ blue }), wish("A")).promotion).toBe(1);
        expect(plan(observed({ blue }), wish("B")).promotion).toBe(2);
    });
});
