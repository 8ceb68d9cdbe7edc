import { describe, expect, it } from "vitest";
import type { ObservedService } from "../../../model/ObservedService";
import { parseRoute } from "../../../model/Route";
import type { Desired } from "../../../plan/Desired";
import type { PlanRow } from "../../../plan/Plan";
import { plan } from "../../../plan/table";
import {
    actsOf,
    blueWithA,
    blueWithBGreenWarmWithA,
    observed,
    recorded,
    releaseOf,
    running,
    stopped,
    wish,
} from "./support";

/** A row of the plan table: what is observed, what is wanted, and what comes of it. */
interface Case {
    observed: ObservedService;
    desired: Desired;
    row: PlanRow;
    /** The exact sentence for the user. */
    sentence: string;
    /** What is done, in order; empty is a plan that makes no mutating call. */
    acts: string[];
}

function check({ observed, desired, row, sentence, acts }: Case): void {
    const made = plan(observed, desired);
    expect(made.sentence).toBe(sentence);
    expect({ row: made.row, acts: actsOf(made) }).toEqual({ row, acts });
    // The same world and the same wish give the same plan.
    expect(plan(structuredClone(observed), structuredClone(desired))).toEqual(made);
}

describe("the first release", () => {
    it.each<[string, Case]>([
        [
            "goes to blue, and the link and its routes come last",
            {
                observed: observed({ promotions: 0 }),
                desired: wish("A", { replicas: 2 }),
                row: "bootstrap",
                sentence:
                    "first release: blue gets shop/web:A (2 replicas), is proved, then the link and its routes open.",
                acts: ["blue: shop/web:A x2", "link: blue for *"],
            },
        ],
        [
            "is tried again on blue after it failed there",
            {
                observed: observed({ blue: stopped(recorded("A", { proved: false, linked: false })) }),
                desired: wish("A"),
                row: "bootstrap",
                sentence:
                    "first release: blue gets shop/web:A (1 replica), is proved, then the link and its routes open.",
                acts: ["blue: shop/web:A x1", "link: blue for *"],
            },
        ],
    ])("%s", (_name, row) => check(row));

    it("has no release id before the stack has its key, and is planned all the same", () => {
        const { id: _none, ...release } = releaseOf("A");
        const { blue, link } = plan(observed({ promotions: 0 }), wish("A", { release }));
        expect(blue).toMatchObject({ act: true, release: { image: "shop/web:A" } });
        expect(link).toMatchObject({ live: "blue", expect: undefined });
    });
});

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

    it("says what the previous color will hold", () => {
        const left = (previousColor: "keep" | "stop" | "remove") =>
            plan(blueWithA(), wish("B", { policy: { previousColor } })).blue;
        expect(left("keep")).toMatchObject({ release: { image: "shop/web:A" }, state: "running", replicas: 1 });
        expect(left("stop")).toMatchObject({ release: { image: "shop/web:A" }, state: "stopped", replicas: 1 });
        expect(left("remove")).toEqual({ release: undefined, state: "empty", replicas: 0, act: false });
    });

    it("waits where promote names another one: only its own id promotes it", () => {
        const world = blueWithA({ green: running(recorded("B", { linked: false })) });
        const promoted = (promote?: string) => plan(world, wish("B", { policy: { autoPromotion: false }, promote }));
        expect(promoted()).toMatchObject({ row: "waiting", link: { live: "blue" } });
        expect(promoted(releaseOf("C").id)).toMatchObject({ row: "waiting", link: { live: "blue" } });
        expect(promoted(releaseOf("B").id)).toMatchObject({ row: "finish", link: { live: "green" } });
    });

    it("expects exactly that release, and counts a promotion", () => {
        const { link, promotion } = plan(blueWithA({ promotions: 7 }), wish("B"));
        expect(link.expect).toBe(releaseOf("B").id);
        expect(promotion).toBe(8);
    });
});

describe("a return", () => {
    it.each<[string, Case]>([
        [
            "to a warm color is the link alone",
            {
                observed: blueWithBGreenWarmWithA(),
                desired: wish("A"),
                row: "return",
                sentence:
                    "green still holds shop/web:A and is warm: only the link moves blue => green; blue stays warm.",
                acts: ["link: green for *"],
            },
        ],
        [
            "starts a stopped color first",
            {
                observed: blueWithBGreenWarmWithA({ green: stopped(recorded("A")) }),
                desired: wish("A"),
                row: "wake",
                sentence:
                    "green still holds shop/web:A: it is brought to 1 replica and proved, then the link moves blue => green; blue stays warm.",
                acts: ["green: shop/web:A x1", "link: green for *"],
            },
        ],
        [
            "brings a color with too few replicas to the wanted number first",
            {
                observed: blueWithBGreenWarmWithA(),
                desired: wish("A", { replicas: 3 }),
                row: "wake",
                sentence:
                    "green still holds shop/web:A: it is brought to 3 replicas and proved, then the link moves blue => green; blue stays warm.",
                acts: ["green: shop/web:A x3", "link: green for *"],
            },
        ],
        [
            "brings a color with too many replicas to the wanted number first",
            {
                observed: blueWithBGreenWarmWithA({ green: running(recorded("A"), 3) }),
                desired: wish("A"),
                row: "wake",
                sentence:
                    "green still holds shop/web:A: it is brought to 1 replica and proved, then the link moves blue => green; blue stays warm.",
                acts: ["green: shop/web:A x1", "link: green for *"],
            },
        ],
        [
            "removes containers that an interrupted scaling left, first",
            {
                observed: blueWithBGreenWarmWithA({ green: running(recorded("A"), 1, { running: 2 }) }),
                desired: wish("A"),
                row: "wake",
                sentence:
                    "green still holds shop/web:A: it is brought to 1 replica and proved, then the link moves blue => green; blue stays warm.",
                acts: ["green: shop/web:A x1", "link: green for *"],
            },
        ],
        [
            "removes containers of another release, first",
            {
                observed: blueWithBGreenWarmWithA({
                    green: running(recorded("A"), 1, { strays: ["shop-web-green-2"] }),
                }),
                desired: wish("A"),
                row: "wake",
                sentence:
                    "green still holds shop/web:A: it is brought to 1 replica and proved, then the link moves blue => green; blue stays warm.",
                acts: ["green: shop/web:A x1", "link: green for *"],
            },
        ],
    ])("%s", (_name, row) => check(row));

    it("is no promotion, so that no hook is repeated", () => {
        expect(plan(blueWithBGreenWarmWithA(), wish("A")).promotion).toBeUndefined();
        expect(plan(blueWithBGreenWarmWithA(), wish("A", { replicas: 3 })).promotion).toBeUndefined();
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
            "is left alone when it is not wanted any more",
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

describe("the live release", () => {
    it.each<[string, Case]>([
        [
            "that is wanted needs nothing",
            {
                observed: blueWithBGreenWarmWithA(),
                desired: wish("B"),
                row: "nothing",
                sentence: "nothing to do: blue serves shop/web:B.",
                acts: [],
            },
        ],
        [
            "under another name needs nothing",
            {
                observed: blueWithA(),
                desired: wish("A", { release: { ...releaseOf("A"), image: "shop/web:latest" } }),
                row: "nothing",
                sentence: "nothing to do: blue serves shop/web:latest.",
                acts: [],
            },
        ],
        [
            "with a container that HAProxy has down needs nothing, and the sentence says so",
            {
                observed: blueWithA({ blue: running(recorded("A"), 2, { ready: 1 }) }),
                desired: wish("A", { replicas: 2 }),
                row: "nothing",
                sentence: "nothing to do: blue serves shop/web:A (1 of 2 ready).",
                acts: [],
            },
        ],
        [
            "is scaled in place",
            {
                observed: blueWithBGreenWarmWithA(),
                desired: wish("B", { replicas: 3 }),
                row: "scale",
                sentence: "blue is scaled in place from 1 to 3 replicas; the link stays on blue.",
                acts: ["blue: shop/web:B x3"],
            },
        ],
        [
            "is brought back to its number after an interrupted scaling",
            {
                observed: blueWithA({ blue: running(recorded("A"), 1, { running: 3 }) }),
                desired: wish("A"),
                row: "scale",
                sentence: "blue is brought to 1 replica, since an interrupted up left 3; the link stays on blue.",
                acts: ["blue: shop/web:A x1"],
            },
        ],
        [
            "gets new routes alone",
            {
                observed: blueWithA(),
                desired: wish("A", { routes: ["shop.example.com", "*.example.com"].map(parseRoute) }),
                row: "routes",
                sentence: "takes shop.example.com, *.example.com; gives up all other requests; the link stays on blue.",
                acts: ["link: blue for shop.example.com, *.example.com"],
            },
        ],
        [
            "has the same routes in another order",
            {
                observed: blueWithA({ routes: ["b.example.com", "a.example.com"].map(parseRoute) }),
                desired: wish("A", { routes: ["a.example.com", "b.example.com"].map(parseRoute) }),
                row: "nothing",
                sentence: "nothing to do: blue serves shop/web:A.",
                acts: [],
            },
        ],
        [
            "is scaled and gets new routes in one up",
            {
                observed: blueWithA({ blue: running(recorded("A"), 2) }),
                desired: wish("A", { routes: ["shop.example.com"].map(parseRoute) }),
                row: "scale",
                sentence:
                    "blue is scaled in place from 2 to 1 replica; takes shop.example.com; gives up all other requests; the link stays on blue.",
                acts: ["blue: shop/web:A x1", "link: blue for shop.example.com"],
            },
        ],
    ])("%s", (_name, row) => check(row));

    it("keeps the image's recorded name in its inputs, so that another name of the same bytes shows no change", () => {
        const { blue } = plan(blueWithA(), wish("A", { release: { ...releaseOf("A"), image: "shop/web:latest" } }));
        expect(blue.release?.image).toBe("shop/web:A");
    });
});

describe("live: COLOR", () => {
    it.each<[string, Case]>([
        [
            "links to what that color holds, whatever the image says",
            {
                observed: blueWithBGreenWarmWithA(),
                desired: wish("C", { live: "green" }),
                row: "pinned",
                sentence:
                    "pinned to green (shop/web:A); image shop/web:C is not applied: the link moves blue => green.",
                acts: ["link: green for *"],
            },
        ],
        [
            "brings that color to the wanted number first",
            {
                observed: blueWithBGreenWarmWithA({ green: stopped(recorded("A")) }),
                desired: wish("A", { live: "green", replicas: 2 }),
                row: "pinned",
                sentence: "pinned to green (shop/web:A): brought to 2 replicas, then the link moves blue => green.",
                acts: ["green: shop/web:A x2", "link: green for *"],
            },
        ],
        [
            "removes a stranger's containers before it links to them",
            {
                observed: blueWithBGreenWarmWithA({ green: running(recorded("A"), 1, { strays: ["x"] }) }),
                desired: wish("A", { live: "green" }),
                row: "pinned",
                sentence: "pinned to green (shop/web:A): brought to 1 replica, then the link moves blue => green.",
                acts: ["green: shop/web:A x1", "link: green for *"],
            },
        ],
        [
            "needs nothing when it is so already",
            {
                observed: blueWithBGreenWarmWithA(),
                desired: wish("A", { live: "blue" }),
                row: "pinned",
                sentence: "pinned to blue, which serves shop/web:B; image shop/web:A is not applied: nothing to do.",
                acts: [],
            },
        ],
        [
            "scales that color in place",
            {
                observed: blueWithA(),
                desired: wish("A", { live: "blue", replicas: 2 }),
                row: "pinned",
                sentence: "pinned to blue (shop/web:A): brought to 2 replicas, then the link stays on blue.",
                acts: ["blue: shop/web:A x2"],
            },
        ],
        [
            "does not need the image",
            {
                observed: blueWithBGreenWarmWithA(),
                desired: wish("C", { live: "green", imageProblem: "no such image" }),
                row: "pinned",
                sentence:
                    "pinned to green (shop/web:A); image shop/web:C is not applied: the link moves blue => green.",
                acts: ["link: green for *"],
            },
        ],
    ])("%s", (_name, row) => check(row));
});

describe("a refusal changes nothing and says why:", () => {
    /** A refusal acts on the link alone, whose row then says why, and leaves the link where it is. */
    interface Refusal {
        observed: ObservedService;
        desired: Desired;
        row: PlanRow;
        refusal: string;
        sentence: string;
    }
    it.each<[string, Refusal]>([
        [
            "an image that cannot be had",
            {
                observed: blueWithA(),
                desired: wish("B", { imageProblem: "shop/web:B is not in the registry" }),
                row: "missingImage",
                refusal: "shop/web:B is not in the registry",
                sentence: "refused: shop/web:B is not in the registry (blue goes on serving).",
            },
        ],
        [
            "an image that cannot be had for the first release",
            {
                observed: observed({ promotions: 0 }),
                desired: wish("B", { imageProblem: "shop/web:B is not in the registry" }),
                row: "missingImage",
                refusal: "shop/web:B is not in the registry",
                sentence: "refused: shop/web:B is not in the registry (nothing is public yet).",
            },
        ],
        [
            "a release that was judged bad and still is on its color",
            {
                observed: blueWithA({ green: running(recorded("B", { judgedBad: { reason: "it answered 500" } })) }),
                desired: wish("B"),
                row: "judgedBad",
                refusal:
                    "shop/web:B was judged bad (it answered 500). Change its image or settings, or set retryToken to try it again",
                sentence:
                    "refused: shop/web:B was judged bad (it answered 500). Change its image or settings, or set retryToken to try it again (blue goes on serving).",
            },
        ],
        [
            "a release that was judged bad and is on no color any more",
            {
                observed: blueWithA({
                    judgedBad: { [releaseOf("B").id!]: { reason: "it answered 500", retryToken: "1" } },
                }),
                desired: wish("B", { policy: { retryToken: "1" } }),
                row: "judgedBad",
                refusal:
                    "shop/web:B was judged bad (it answered 500). Change its image or settings, or set retryToken to try it again",
                sentence:
                    "refused: shop/web:B was judged bad (it answered 500). Change its image or settings, or set retryToken to try it again (blue goes on serving).",
            },
        ],
        [
            "a pin to a color that holds nothing",
            {
                observed: blueWithA(),
                desired: wish("A", { live: "green" }),
                row: "pinned",
                refusal: "live: green cannot be done, since green holds nothing. Remove the key live",
                sentence:
                    "refused: live: green cannot be done, since green holds nothing. Remove the key live (blue goes on serving).",
            },
        ],
        [
            "a pin to a color that was never proved",
            {
                observed: blueWithA({ green: running(recorded("B", { proved: false })) }),
                desired: wish("A", { live: "green" }),
                row: "pinned",
                refusal:
                    "live: green cannot be done, since green holds shop/web:B, which was never proved. Remove the key live",
                sentence:
                    "refused: live: green cannot be done, since green holds shop/web:B, which was never proved. Remove the key live (blue goes on serving).",
            },
        ],
        [
            "a live container that somebody stopped",
            {
                observed: blueWithA({ blue: stopped(recorded("A"), 2, 1) }),
                desired: wish("B"),
                row: "drift",
                refusal:
                    "drift: web-1 is stopped. Nothing is changed. To go on: docker start web-1; or " +
                    "let relink restore it: pulumi config set --path relink:services.web.driftPolicy repair && pulumi up",
                sentence:
                    "refused: drift: web-1 is stopped. Nothing is changed. To go on: docker start web-1; or " +
                    "let relink restore it: pulumi config set --path relink:services.web.driftPolicy repair && pulumi up (blue goes on serving).",
            },
        ],
        [
            "a live color that somebody stopped altogether",
            {
                observed: blueWithA({ blue: stopped(recorded("A")) }),
                desired: wish("A"),
                row: "drift",
                refusal:
                    "drift: web-1 is stopped. Nothing is changed. To go on: docker start web-1; or " +
                    "let relink restore it: pulumi config set --path relink:services.web.driftPolicy repair && pulumi up",
                sentence:
                    "refused: drift: web-1 is stopped. Nothing is changed. To go on: docker start web-1; or " +
                    "let relink restore it: pulumi config set --path relink:services.web.driftPolicy repair && pulumi up (nothing is served).",
            },
        ],
        [
            "a link that somebody moved",
            {
                observed: blueWithBGreenWarmWithA({ live: "green", confirmed: "blue", generation: "shop-gen-1" }),
                desired: wish("A"),
                row: "drift",
                refusal:
                    "drift: HAProxy links it to green, but the last confirmed link is blue. Nothing is changed. To go on: make HAProxy read its files again, which hold the confirmed link: docker kill --signal USR2 shop-gen-1; or " +
                    "let relink restore it: pulumi config set --path relink:services.web.driftPolicy repair && pulumi up",
                sentence:
                    "refused: drift: HAProxy links it to green, but the last confirmed link is blue. Nothing is changed. To go on: make HAProxy read its files again, which hold the confirmed link: docker kill --signal USR2 shop-gen-1; or " +
                    "let relink restore it: pulumi config set --path relink:services.web.driftPolicy repair && pulumi up (green goes on serving).",
            },
        ],
    ])("%s", (_name, { observed, desired, row, refusal, sentence }) => {
        const made = plan(observed, desired);
        expect({ row: made.row, refusal: made.refusal, sentence: made.sentence }).toEqual({ row, refusal, sentence });
        expect(made.link).toMatchObject({ live: observed.live, routes: observed.routes, act: true });
        expect([made.blue.act, made.green.act, made.promotion]).toEqual([false, false, undefined]);
    });

    it("a verdict does not count for another retryToken", () => {
        const world = blueWithA({ green: running(recorded("B", { judgedBad: { reason: "x" }, linked: false })) });
        expect(plan(world, wish("B", { policy: { retryToken: "again" } }))).toMatchObject({ row: "finish" });
    });

    it("a verdict on one release does not count for another", () => {
        const world = blueWithA({ green: running(recorded("B", { judgedBad: { reason: "x" } })) });
        expect(plan(world, wish("C"))).toMatchObject({ row: "release" });
        expect(plan(world, wish("A"))).toMatchObject({ row: "nothing" });
    });
});

describe("after an up that died in the middle of a switch", () => {
    const intent = { kind: "switch", from: "blue", to: "green", release: releaseOf("B").id! } as const;
    const releaseB = recorded("B", { linked: false, promotion: 2 });
    const died = (change: Partial<ObservedService> = {}) =>
        blueWithA({ green: running(releaseB), promotions: 2, intent, ...change });
    it.each<[string, Case]>([
        [
            "the switch is finished if its target is proved and ready",
            {
                observed: died(),
                desired: wish("B"),
                row: "recovery",
                sentence: "finishes the switch to green that an interrupted up began.",
                acts: ["finish to green", "link: green for *"],
            },
        ],
        [
            "the same when HAProxy has it already: no drift",
            {
                observed: died({ live: "green" }),
                desired: wish("B"),
                row: "recovery",
                sentence: "finishes the switch to green that an interrupted up began.",
                acts: ["finish to green", "link: green for *"],
            },
        ],
        [
            "it is taken back if its target is not ready",
            {
                observed: died({ live: "green", green: running(releaseB, 2, { ready: 1 }) }),
                desired: wish("A"),
                row: "recovery",
                sentence: "takes back the switch that an interrupted up began (link to blue).",
                acts: ["undo to blue", "link: blue for *"],
            },
        ],
        [
            "it is taken back if its target holds something else",
            {
                observed: died({ green: running(recorded("C")) }),
                desired: wish("A"),
                row: "recovery",
                sentence: "takes back the switch that an interrupted up began (link to blue).",
                acts: ["undo to blue", "link: blue for *"],
            },
        ],
        [
            "what is wanted now is planned from there",
            {
                observed: died(),
                desired: wish("C"),
                row: "release",
                sentence:
                    "first finishes the switch to green that an interrupted up began; then blue gets shop/web:C (1 replica), is proved, then the link moves green => blue; green stays warm.",
                acts: ["finish to green", "blue: shop/web:C x1", "link: blue for *"],
            },
        ],
        [
            "a first switch that cannot be finished leaves no link",
            {
                observed: observed({
                    live: "blue",
                    confirmed: "none",
                    routes: [],
                    blue: stopped(recorded("A", { linked: false })),
                    intent: { kind: "switch", from: "none", to: "blue", release: releaseOf("A").id! },
                }),
                desired: wish("A"),
                row: "bootstrap",
                sentence:
                    "first takes back the switch that an interrupted up began (link to none); then first release: blue gets shop/web:A (1 replica), is proved, then the link and its routes open.",
                acts: ["undo to none", "blue: shop/web:A x1", "link: blue for *"],
            },
        ],
        [
            "the previous color is stopped, as it should have been",
            {
                observed: died({ intent: { ...intent, farewell: "stop" } }),
                desired: wish("B"),
                row: "recovery",
                sentence:
                    "first finishes the switch to green that an interrupted up began; then blue is drained and stopped, which an interrupted up left open; the link stays on green.",
                acts: ["finish to green", "link: green for *"],
            },
        ],
        [
            "the previous color is stopped, when only that was left to do",
            {
                observed: blueWithBGreenWarmWithA({ intent: { kind: "leave", color: "green", farewell: "remove" } }),
                desired: wish("B"),
                row: "recovery",
                sentence: "green is drained and removed, which an interrupted up left open; the link stays on blue.",
                acts: ["link: blue for *"],
            },
        ],
        [
            "the previous color is not stopped when it is wanted again",
            {
                observed: blueWithBGreenWarmWithA({ intent: { kind: "leave", color: "green", farewell: "stop" } }),
                desired: wish("A"),
                row: "return",
                sentence:
                    "green still holds shop/web:A and is warm: only the link moves blue => green; blue stays warm.",
                acts: ["link: green for *"],
            },
        ],
    ])("%s", (_name, row) => check(row));

    it("a refusal still settles the switch", () => {
        const made = plan(died(), wish("C", { imageProblem: "no such image" }));
        expect(made).toMatchObject({ row: "missingImage", recovery: { kind: "finish", live: "green" } });
        expect(made.sentence).toBe(
            "first finishes the switch to green that an interrupted up began; then refused: no such image (green goes on serving).",
        );
    });
});

describe("a service that Pulumi's state does not know", () => {
    const adopts = "adopts what runs, which Pulumi's state does not know";

    it.each<[string, Case]>([
        [
            "is adopted as it is",
            {
                observed: blueWithA({ lost: true }),
                desired: wish("A"),
                row: "adopt",
                sentence: `${adopts}; nothing to do: blue serves shop/web:A.`,
                acts: [],
            },
        ],
        [
            "is adopted, then gets what is wanted instead",
            {
                observed: blueWithBGreenWarmWithA({ lost: true }),
                desired: wish("A"),
                row: "return",
                sentence: `${adopts}; then green still holds shop/web:A and is warm: only the link moves blue => green; blue stays warm.`,
                acts: ["link: green for *"],
            },
        ],
        [
            "is released as ever where nothing is live",
            {
                observed: observed({ promotions: 0, lost: true }),
                desired: wish("A"),
                row: "bootstrap",
                sentence:
                    "first release: blue gets shop/web:A (1 replica), is proved, then the link and its routes open.",
                acts: ["blue: shop/web:A x1", "link: blue for *"],
            },
        ],
    ])("%s", (_name, row) => check(row));
});
