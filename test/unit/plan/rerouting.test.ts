import { describe, expect, it } from "vitest";
import { parseRoute, placeOf, type Route, routeText } from "../../../model/Route";
import { claimedByOthers, heldPlaces, rerouting } from "../../../plan/rerouting";
import { plan } from "../../../plan/table";
import { actsOf, blueWithA, wish } from "./support";

const routes = (...texts: string[]) => texts.map(parseRoute);
const placesOf = (services: Record<string, Route[]>) =>
    Object.fromEntries(Object.entries(services).flatMap(([name, own]) => own.map(route => [placeOf(route), name])));

/** Plans the routes of web if the services have `held` and the config has `wanted`. */
function rerouted(held: Record<string, Route[]>, wanted: Record<string, Route[]>) {
    const places = { held: placesOf(held), wanted: placesOf(wanted) };
    const desired = wish("A", { routes: wanted.web ?? [], places });
    const observed = blueWithA({ routes: held.web ?? [] });
    const { routes: made, ...rest } = rerouting(observed, desired);
    return { ...rest, routes: made.map(routeText), row: plan(observed, desired).row, made: plan(observed, desired) };
}

describe("routes", () => {
    it("stay as they are if the config has them in another order", () => {
        const { act, words, row } = rerouted({ web: routes("a.com", "b.com") }, { web: routes("b.com", "a.com") });
        expect({ act, words, row }).toEqual({ act: false, words: [], row: "nothing" });
    });

    it("are taken and given up", () => {
        expect(rerouted({ web: routes("*") }, { web: routes("a.com/x (stripped)", "b.com") })).toMatchObject({
            act: true,
            words: ["takes a.com/x (stripped), b.com", "gives up all other requests"],
            row: "routes",
        });
    });

    it("are written again if an up that died has written them only in part", () => {
        const places = { held: placesOf({ web: routes("*") }), wanted: placesOf({ web: routes("*") }) };
        const observed = blueWithA({ routes: routes("*"), halfWritten: routes("*", "a.com") });
        const made = plan(observed, wish("A", { routes: routes("*"), places }));
        expect(made).toMatchObject({
            row: "routes",
            sentence: "takes all other requests; gives up a.com; the link stays on blue.",
            link: { act: true, routes: routes("*") },
        });
    });

    it("that only HAProxy's file has are given up, even if another service claims their place", () => {
        const places = { held: {}, wanted: placesOf({ web: routes("a.com"), api: routes("*", "b.com") }) };
        const observed = blueWithA({ routes: routes("b.com"), halfWritten: routes("*") });
        const { act, words } = rerouting(observed, wish("A", { routes: routes("a.com"), places }));
        expect({ act, words }).toEqual({
            act: true,
            words: ["takes a.com", "gives up all other requests", "leaves b.com to api"],
        });
        expect(claimedByOthers(observed, places)).toEqual(["b.com"]);
        expect(heldPlaces(observed)).toEqual(["b.com", "*"]);
    });

    it("are taken from another service, whose row says so and does nothing", () => {
        const held = { web: routes("a.com"), api: routes("a.com/api", "*") };
        const wanted = { web: routes("a.com", "a.com/api"), api: routes("*") };
        expect(rerouted(held, wanted).words).toEqual(["takes a.com/api from api"]);
        const { made, ...other } = rerouted({ web: held.api, api: held.web }, { web: wanted.api, api: wanted.web });
        expect(other).toEqual({ act: false, words: ["leaves a.com/api to api"], routes: ["*"], row: "nothing" });
        expect(made.sentence).toBe("nothing to do: blue serves shop/web:A; leaves a.com/api to api.");
        expect(actsOf(made)).toEqual([]);
        // The preview shows the routes after this up.
        expect(made.link).toMatchObject({ routes: routes("*"), act: false });
    });

    it("are swapped between two services by each taking its new ones", () => {
        const held = { web: routes("a.com"), api: routes("b.com") };
        expect(rerouted(held, { web: routes("b.com"), api: routes("a.com") })).toMatchObject({
            act: true,
            words: ["takes b.com from api", "leaves a.com to api"],
            routes: ["b.com"],
        });
    });

    it("are not given up before another service has taken the route that gets their requests then", () => {
        const held = { web: routes("shop.a.com", "b.com") };
        expect(rerouted(held, { web: routes("b.com"), api: routes("*.a.com") })).toMatchObject({
            act: false,
            words: ["leaves shop.a.com to api"],
            routes: ["b.com"],
        });
    });

    it("keep their place when only stripPath changes, so that none is given up", () => {
        expect(rerouted({ web: routes("a.com/x") }, { web: routes("a.com/x (stripped)") })).toMatchObject({
            act: true,
            words: ["takes a.com/x (stripped)"],
        });
    });

    it("stay with a service that is refused", () => {
        const { link } = plan(blueWithA({ routes: routes("a.com") }), wish("B", { imageProblem: "none", routes: [] }));
        expect(link.routes).toEqual(routes("a.com"));
    });
});
