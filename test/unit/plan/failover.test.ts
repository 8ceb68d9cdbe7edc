import { describe, expect, it } from "vitest";
import { plan } from "../../../plan/table";
import { blueWithBGreenWarmWithA, recorded, running, stopped, wish } from "./support";
import { type Case, check } from "./tableRow";

const [a, b] = [recorded("A"), recorded("B", { promotion: 2 })];
const wanted = { failover: true };
/** Blue is live with B and has no container that is up; green, warm with A, answers in its place. */
const answered = blueWithBGreenWarmWithA({ blue: running(b, 1, { ready: 0 }), failover: "answers" });

describe("failover", () => {
    it.each<[string, Case]>([
        [
            "is written into the link once a color is warm",
            {
                observed: blueWithBGreenWarmWithA(),
                desired: wish("B", wanted),
                row: "routes",
                sentence:
                    "green answers from now on while no container of blue is up (failover); the link stays on blue.",
                acts: ["link: blue for *"],
            },
        ],
        [
            "that is there is left alone",
            {
                observed: blueWithBGreenWarmWithA({ failover: "waits", written: "blue", writtenFailover: true }),
                desired: wish("B", wanted),
                row: "nothing",
                sentence: "nothing to do: blue serves shop/web:B.",
                acts: [],
            },
        ],
        [
            "that only HAProxy's memory has is written again",
            {
                observed: blueWithBGreenWarmWithA({ failover: "waits", written: "blue" }),
                desired: wish("B", wanted),
                row: "routes",
                sentence:
                    "green answers from now on while no container of blue is up (failover); the link stays on blue.",
                acts: ["link: blue for *"],
            },
        ],
        [
            "that only HAProxy's file has is taken away where it is not wanted",
            {
                observed: blueWithBGreenWarmWithA({ written: "blue", writtenFailover: true }),
                desired: wish("B"),
                row: "routes",
                sentence: "green no longer answers in place of blue; the link stays on blue.",
                acts: ["link: blue for *"],
            },
        ],
        [
            "comes with a plan that changes only containers of the live color",
            {
                observed: blueWithBGreenWarmWithA(),
                desired: wish("B", { ...wanted, replicas: 2 }),
                row: "scale",
                sentence:
                    "blue is scaled in place from 1 to 2 replicas; the link stays on blue; green answers from now on while no container of blue is up (failover).",
                acts: ["blue: shop/web:B x2", "link: blue for *"],
            },
        ],
        [
            "is written into the link also where the release is refused",
            {
                observed: blueWithBGreenWarmWithA(),
                desired: wish("C", { ...wanted, imageProblem: "no such image" }),
                row: "missingImage",
                sentence:
                    "first lets green answer from now on while no container of blue is up (failover); then refused: no such image (blue goes on serving).",
                acts: ["prepare to blue", "link: blue for *"],
            },
        ],
        [
            "is said while it answers, and nothing is done",
            {
                observed: answered,
                desired: wish("B", wanted),
                row: "nothing",
                sentence:
                    "nothing to do: blue serves shop/web:B (0 of 1 ready); green answers in place of blue, which has no container that is up.",
                acts: [],
            },
        ],
        [
            "goes on while it answers, also where it is not wanted any more",
            {
                observed: answered,
                desired: wish("B"),
                row: "nothing",
                sentence:
                    "nothing to do: blue serves shop/web:B (0 of 1 ready); green answers in place of blue, which has no container that is up; failover ends once it is back.",
                acts: [],
            },
        ],
        [
            "becomes a return where the old image is wanted",
            {
                observed: answered,
                desired: wish("A", wanted),
                row: "return",
                sentence:
                    "green still holds shop/web:A and is warm: only the link moves blue => green; blue stays warm.",
                acts: ["link: green for *"],
            },
        ],
        [
            "is followed by the link before a release, so that the color that answers is not replaced",
            {
                observed: answered,
                desired: wish("C", wanted),
                row: "release",
                sentence:
                    "first the link moves blue => green, which answers in its place (failover); then blue gets shop/web:C (1 replica), is proved, then the link moves green => blue; green stays warm.",
                acts: ["failover to green", "blue: shop/web:C x1", "link: blue for *"],
            },
        ],
        [
            "is followed by the link before the color that answers is scaled",
            {
                observed: answered,
                desired: wish("A", { ...wanted, replicas: 2 }),
                row: "scale",
                sentence:
                    "first the link moves blue => green, which answers in its place (failover); then green is scaled in place from 1 to 2 replicas; the link stays on green.",
                acts: ["failover to green", "green: shop/web:A x2", "link: green for *"],
            },
        ],
        [
            "goes on during a repair of the live color",
            {
                observed: blueWithBGreenWarmWithA({ blue: stopped(b), failover: "answers" }),
                desired: wish("C", { ...wanted, policy: { driftPolicy: "repair" } }),
                row: "repair",
                sentence:
                    "repairs drift (web-1 is stopped): blue is brought back to 1 replica of shop/web:B. What the config asks for waits for the next up; green answers in place of blue, which has no container that is up.",
                acts: ["blue: shop/web:B x1"],
            },
        ],
    ])("%s", (_name, row) => check(row));

    it("says in a refusal who answers", () => {
        const observed = blueWithBGreenWarmWithA({ blue: stopped(b), failover: "answers" });
        expect(plan(observed, wish("B", wanted)).sentence).toMatch(
            /^refused: drift: web-1 is stopped\..* green answers in place of blue, which has no container that is up\.$/,
        );
    });

    it.each([
        ["a release that users never had", { green: running(recorded("A", { linked: false })) }],
        ["a release that was judged bad", { green: running(recorded("A", { judgedBad: { reason: "500" } })) }],
        ["a release that is not proved", { green: running({ ...a, proved: false }) }],
        ["a color that holds nothing", { green: running(a, 0, { release: undefined }) }],
        [
            "what stands beside a release that was judged bad",
            { blue: running({ ...b, linked: false, judgedBad: { reason: "500" } }) },
        ],
    ])("is not written for %s", (_what, change) => {
        const made = plan(blueWithBGreenWarmWithA(change), wish("B", wanted));
        expect(made.sentence).not.toContain("failover");
        expect(made.link.act).toBe(made.refusal !== undefined);
    });

    it("waits until the release was judged", () => {
        const intent = { kind: "bake", color: "blue", from: "green", release: b.id, until: "" } as const;
        const blue = running({ ...b, linked: false });
        const stable = { color: "green", release: a.id } as const;
        const made = plan(blueWithBGreenWarmWithA({ blue, intent, stable }), wish("B", wanted));
        expect(made.recovery?.kind).toBe("bake");
        expect(made.sentence).toMatch(/^first judges what blue serves, .*; then green answers from now on/);
    });
});
