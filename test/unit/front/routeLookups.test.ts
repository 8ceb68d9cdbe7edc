import { describe, expect, it } from "vitest";
import { renderFrontends } from "../../../front/configuration";
import { areListenersKnown, followRoutes, writeListeners } from "../../../front/listenerFiles";
import { headersIn, parseRoutes, portMark, routeKey, routeValue } from "../../../haproxy/routes";
import { parseRoute, placeOf, routeText } from "../../../model/Route";

const near = { gateway: "10.89.0.1", anchor: "10.89.0.2" };
const settings = { name: "shop-dev", trustedProxies: [] };

/** @returns HAProxy's map of these routes */
function mapOf(routes: readonly string[]): string {
    const entries = routes.map(parseRoute).map(route => `${routeKey(route)} ${routeValue(route, "web")}\n`);
    return entries.join("");
}

/** @returns HAProxy's files, written for these routes */
function filesFor(routes: readonly string[]): Map<string, string> {
    const files = new Map([["maps/routes.map", mapOf(routes)]]);
    writeListeners(files, settings, near);
    return files;
}

describe("the listeners' lookups", () => {
    it("are those of the map's routes, whatever they were before", () => {
        const [plain, byVersion, byBoth] = [
            { routes: ["*", "a.com/api (stripped)"], kinds: [] },
            { routes: ["*", "* if x-version=1", "a.com/x if x-version=2"], kinds: ["x-version="] },
            { routes: ["* if x-version=1", "* if x-beta"], kinds: ["x-version=", "x-beta"] },
        ] as const;
        for (const before of [plain, byVersion, byBoth]) {
            for (const { routes, kinds } of [plain, byVersion, byBoth]) {
                const files = filesFor(before.routes).set("maps/routes.map", mapOf(routes));
                followRoutes(files);
                expect(files).toEqual(filesFor(routes));
                expect(files.get("conf/10-frontends.cfg")).toBe(
                    renderFrontends({ ...settings, routeHeaders: kinds }, near),
                );
            }
        }
    });

    it("stay as they are while routes ask for no other header, also if a newer relink renders them in another way", () => {
        const files = filesFor(["* if x-version=1"]).set("conf/10-frontends.cfg", "frontend http from relink\n");
        const before = new Map(files.set("maps/routes.map", mapOf(["* if x-version=2", "a.com"])));
        followRoutes(files);
        expect(files).toEqual(before);
    });

    it.each([undefined, "{"])(
        "cannot be written where nobody knows what the listeners were rendered from: %s",
        text => {
            const files = filesFor(["*"]);
            expect(areListenersKnown(files)).toBe(true);
            text === undefined ? files.delete("data/listeners.json") : files.set("data/listeners.json", text);
            expect(areListenersKnown(files)).toBe(false);
            const before = new Map(files.set("maps/routes.map", mapOf(["*", "a.com"])));
            followRoutes(files);
            expect(files).toEqual(before);
            files.set("maps/routes.map", mapOf(["* if x-version=1"]));
            expect(() => followRoutes(files)).toThrow("run pulumi up without --target");
        },
    );
});

describe("a route by header", () => {
    it("has a key of its own in the map, from which it is read back", () => {
        for (const text of ["* if x-beta", "a.com/api if x-a=1&x-b=%2F%20%25 (stripped)", "*.a.com if x-a=1"]) {
            const route = parseRoute(text);
            const entry = [routeKey(route), routeValue(route, "web")] as const;
            expect(entry[0]).toMatch(/^\/[^/]+\/[^/]+\//);
            expect(parseRoutes(new Map([entry])).map(({ route }) => routeText(route))).toEqual([text]);
        }
    });

    it("may have a port of its own, which the backends know by its mark", () => {
        for (const text of ["* if x-beta (own port)", "a.com (own port)", "a.com/api if x-a=1 (stripped) (own port)"]) {
            const route = parseRoute(text);
            const entry = [routeKey(route), routeValue(route, "web")] as const;
            expect(entry[1]).toMatch(new RegExp(`^web:(?:/api)?:(?:strip)?:${portMark(placeOf(route))}$`));
            expect(parseRoutes(new Map([entry])).map(({ route }) => routeText(route))).toEqual([text]);
        }
    });

    it("is of a kind: its headers without their values", () => {
        const routes = ["* if x-a=1&x-b", "a.com if x-a=2&x-b", "* if x-b=1", "*"].map(parseRoute);
        expect(headersIn(new Map(routes.map(route => [routeKey(route), "web"])))).toEqual(["x-a=&x-b", "x-b="]);
    });
});
