import { describe, expect, it } from "vitest";
import { renderFrontends } from "../../../front/configuration";
import { writeRouteLookups } from "../../../front/routeLookups";
import { headersIn, parseRoutes, portMark, routeKey, routeValue } from "../../../haproxy/routes";
import { parseRoute, placeOf, routeText } from "../../../model/Route";

const near = { gateway: "10.89.0.1", anchor: "10.89.0.2" };
const file = "conf/10-frontends.cfg";
const listeners = (routeHeaders?: string[]) =>
    renderFrontends({ name: "shop-dev", trustedProxies: [], routeHeaders }, near);

/** @returns the listeners once the map has these routes */
function filesAfter(text: string, routes: string[]): string {
    const entries = routes.map(parseRoute).map(route => `${routeKey(route)} ${routeValue(route, "web")}\n`);
    const files = new Map([
        [file, text],
        ["maps/routes.map", entries.join("")],
    ]);
    writeRouteLookups(files);
    return files.get(file)!;
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
                expect(filesAfter(listeners([...before.kinds]), [...routes])).toBe(listeners([...kinds]));
            }
        }
    });

    it("are not written where the listeners of an earlier relink have no place for them", () => {
        const old = "frontend http from relink\n    bind :8080\n";
        expect(filesAfter(old, ["*", "a.com"])).toBe(old);
        expect(() => filesAfter(old, ["* if x-version=1"])).toThrow("run pulumi up without --target");
    });
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
