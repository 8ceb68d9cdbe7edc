import { describe, expect, it } from "vitest";
import { plan } from "../../../plan/table";
import { blueWithBGreenWarmWithA, recorded, running, stopped, wish } from "./support";
import { type Case, check } from "./tableRow";

describe("a return", () => {
    it.each<[string, Case]>([
        [
            "to a warm color moves only the link",
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
            "first removes containers that an interrupted scaling left",
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
            "first removes containers of another release",
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

    it("does not count as a promotion, so that no hook runs again", () => {
        expect(plan(blueWithBGreenWarmWithA(), wish("A")).promotion).toBeUndefined();
        expect(plan(blueWithBGreenWarmWithA(), wish("A", { replicas: 3 })).promotion).toBeUndefined();
    });
});
