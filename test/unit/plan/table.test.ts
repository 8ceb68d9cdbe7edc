import { describe, expect, it } from "vitest";
import { parseRoute } from "../../../model/Route";
import { plan } from "../../../plan/table";
import { blueWithA, blueWithBGreenWarmWithA, observed, recorded, releaseOf, running, stopped, wish } from "./support";
import { type Case, check } from "./tableRow";

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

    it("is planned without a release id before the stack has its key", () => {
        const { id: _none, ...release } = releaseOf("A");
        const { blue, link } = plan(observed({ promotions: 0 }), wish("A", { release }));
        expect(blue).toMatchObject({ act: true, release: { image: "shop/web:A" } });
        expect(link).toMatchObject({ live: "blue", expect: undefined });
    });
});

describe("the live release", () => {
    it.each<[string, Case]>([
        [
            "that the config asks for needs no act",
            {
                observed: blueWithBGreenWarmWithA(),
                desired: wish("B"),
                row: "nothing",
                sentence: "nothing to do: blue serves shop/web:B.",
                acts: [],
            },
        ],
        [
            "under another name needs no act",
            {
                observed: blueWithA(),
                desired: wish("A", { release: { ...releaseOf("A"), image: "shop/web:latest" } }),
                row: "nothing",
                sentence: "nothing to do: blue serves shop/web:latest.",
                acts: [],
            },
        ],
        [
            "with a container that HAProxy has down needs no act, and the sentence names it",
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
            "gets new routes as the only act",
            {
                observed: blueWithA(),
                desired: wish("A", { routes: ["shop.example.com", "*.example.com"].map(parseRoute) }),
                row: "routes",
                sentence: "takes shop.example.com, *.example.com; gives up all other requests; the link stays on blue.",
                acts: ["link: blue for shop.example.com, *.example.com"],
            },
        ],
        [
            "needs no act for the same routes in another order",
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

    it("keeps the image's recorded name in its inputs, so that another name of the same image shows no change", () => {
        const { blue } = plan(blueWithA(), wish("A", { release: { ...releaseOf("A"), image: "shop/web:latest" } }));
        expect(blue.release?.image).toBe("shop/web:A");
    });
});

describe("live: COLOR", () => {
    it.each<[string, Case]>([
        [
            "moves the link to that color, although the config has another image",
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
            "removes foreign containers of that color before the link moves there",
            {
                observed: blueWithBGreenWarmWithA({ green: running(recorded("A"), 1, { strays: ["x"] }) }),
                desired: wish("A", { live: "green" }),
                row: "pinned",
                sentence: "pinned to green (shop/web:A): brought to 1 replica, then the link moves blue => green.",
                acts: ["green: shop/web:A x1", "link: green for *"],
            },
        ],
        [
            "needs no act if that color is live",
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
            "is adopted, then gets the wanted release",
            {
                observed: blueWithBGreenWarmWithA({ lost: true }),
                desired: wish("A"),
                row: "return",
                sentence: `${adopts}; then green still holds shop/web:A and is warm: only the link moves blue => green; blue stays warm.`,
                acts: ["link: green for *"],
            },
        ],
        [
            "gets a first release if no color is live",
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
