import { describe, expect, it } from "vitest";
import type { ObservedService } from "../../../model/ObservedService";
import type { Desired } from "../../../plan/Desired";
import type { PlanRow } from "../../../plan/Plan";
import { plan } from "../../../plan/table";
import { blueWithA, blueWithBGreenWarmWithA, observed, recorded, releaseOf, running, stopped, wish } from "./support";

describe("a refusal changes nothing and says why:", () => {
    /** A refusal acts only on the link. The link stays, and its row says why. */
    interface Refusal {
        observed: ObservedService;
        desired: Desired;
        row: PlanRow;
        refusal: string;
        sentence: string;
    }
    it.each<[string, Refusal]>([
        [
            "a missing image",
            {
                observed: blueWithA(),
                desired: wish("B", { imageProblem: "shop/web:B is not in the registry" }),
                row: "missingImage",
                refusal: "shop/web:B is not in the registry",
                sentence: "refused: shop/web:B is not in the registry (blue goes on serving).",
            },
        ],
        [
            "a missing image of the first release",
            {
                observed: observed({ promotions: 0 }),
                desired: wish("B", { imageProblem: "shop/web:B is not in the registry" }),
                row: "missingImage",
                refusal: "shop/web:B is not in the registry",
                sentence: "refused: shop/web:B is not in the registry (nothing is public yet).",
            },
        ],
        [
            "a release that was judged bad and is still on its color",
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
            "a live color whose containers somebody has all stopped",
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
