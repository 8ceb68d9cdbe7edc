import { describe, expect, it } from "vitest";
import type { ObservedService } from "../../../model/ObservedService";
import { plan } from "../../../plan/table";
import { blueWithA, blueWithBGreenWarmWithA, observed, recorded, releaseOf, running, stopped, wish } from "./support";
import { type Case, check } from "./tableRow";

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
            "the switch is finished also if HAProxy already has it, which is not drift",
            {
                observed: died({ live: "green" }),
                desired: wish("B"),
                row: "recovery",
                sentence: "finishes the switch to green that an interrupted up began.",
                acts: ["finish to green", "link: green for *"],
            },
        ],
        [
            "the switch is taken back if its target is not ready",
            {
                observed: died({ live: "green", green: running(releaseB, 2, { ready: 1 }) }),
                desired: wish("A"),
                row: "recovery",
                sentence: "takes back the switch that an interrupted up began (link to blue).",
                acts: ["undo to blue", "link: blue for *"],
            },
        ],
        [
            "the switch is taken back if its target holds another release",
            {
                observed: died({ green: running(recorded("C")) }),
                desired: wish("A"),
                row: "recovery",
                sentence: "takes back the switch that an interrupted up began (link to blue).",
                acts: ["undo to blue", "link: blue for *"],
            },
        ],
        [
            "the wanted release is planned after that",
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
            "the previous color is stopped if the dead up had to stop it",
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
            "the previous color is removed if only that was left to do",
            {
                observed: blueWithBGreenWarmWithA({ intent: { kind: "leave", color: "green", farewell: "remove" } }),
                desired: wish("B"),
                row: "recovery",
                sentence: "green is drained and removed, which an interrupted up left open; the link stays on blue.",
                acts: ["link: blue for *"],
            },
        ],
        [
            "the previous color is not stopped if the config asks for it again",
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

    it.each([
        ["is left without a judgement where the user goes back at once", wish("A"), true],
        ["is judged before another one takes the place of its predecessor", wish("C"), undefined],
        ["is judged where it stays", wish("B"), undefined],
        ["is judged where going back is refused", wish("A", { imageProblem: "no such image" }), undefined],
    ])("the release of a finished switch %s", (_name, desired, leaves) => {
        const { recovery } = plan(died(), desired);
        expect(recovery).toEqual({ kind: "finish", live: "green", release: releaseB.id, ...(leaves && { leaves }) });
    });
});
