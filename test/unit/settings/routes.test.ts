import { describe, expect, it } from "vitest";
import { parseRoute, placeOf, routeText, sameRoutes } from "../../../model/Route";
import { linesOf, problemsIn, settingsOf } from "./support";

const service = { image: "shop/app:v1", port: 8080 };

/** @returns the routes of each service as text */
function routesOf(services: Record<string, object>): Record<string, string[]> {
    const full = Object.fromEntries(Object.entries(services).map(([name, keys]) => [name, { ...service, ...keys }]));
    return Object.fromEntries(
        settingsOf({ services: full }).services.map(({ name, routes }) => [name, routes.map(routeText)]),
    );
}

/** @returns the problems of services whose other keys are right */
function wrong(services: Record<string, object>): string[] {
    const full = Object.entries(services).map(([name, keys]) => [name, { ...service, ...keys }]);
    return linesOf({ services: Object.fromEntries(full) });
}

describe("the routes of a service", () => {
    it("are all requests for the only service if it names no hosts and paths", () => {
        expect(routesOf({ web: {} })).toEqual({ web: ["*"] });
    });

    it("are the hosts and paths that it names, even for the only service", () => {
        expect(routesOf({ web: { hosts: ["shop.example.com"] } })).toEqual({ web: ["shop.example.com"] });
        expect(routesOf({ web: { paths: ["/shop"] } })).toEqual({ web: ["*/shop"] });
    });

    it("are each host with each path", () => {
        expect(routesOf({ web: { hosts: ["a.com", "*.b.com"], paths: ["/", "/x"] } }).web).toEqual([
            "a.com",
            "a.com/x",
            "*.b.com",
            "*.b.com/x",
        ]);
    });

    it("are also all other requests for the default service", () => {
        expect(
            routesOf({ web: { hosts: ["a.com"], default: true }, api: { paths: ["/api"], stripPath: true } }),
        ).toEqual({ web: ["a.com", "*"], api: ["*/api (stripped)"] });
        expect(routesOf({ web: { paths: ["/app"], stripPath: true, default: true } }).web).toEqual([
            "*/app (stripped)",
            "*",
        ]);
    });

    it("may be all requests by the host *, and a host whose wildcard another service has", () => {
        expect(routesOf({ web: { hosts: ["*", "a.b.com"] }, api: { hosts: ["*.b.com"] } })).toEqual({
            web: ["*", "a.b.com"],
            api: ["*.b.com"],
        });
    });

    it("are those of its list too, each host of an entry with each of that entry's paths", () => {
        const routes = [{ hosts: ["b.com", "c.com"], paths: ["/x"], stripPath: true }, { paths: ["/y", "/z"] }];
        const all = ["b.com/x (stripped)", "c.com/x (stripped)", "*/y", "*/z"];
        expect(routesOf({ web: { routes } }).web).toEqual(all);
        expect(routesOf({ web: { hosts: ["a.com"], routes, default: true } }).web).toEqual(["a.com", ...all, "*"]);
    });

    it("may ask for headers: names in any case, values encoded, * for any value", () => {
        const routes = [
            { headers: { "X-Version": 2, "x-beta": "*" } },
            { hosts: ["a.com"], paths: ["/x"], stripPath: true, headers: { "x-user": "a b/('%=&\"" } },
        ];
        expect(routesOf({ web: { hosts: ["a.com"], routes }, api: { default: true } })).toEqual({
            web: ["a.com", "* if x-beta&x-version=2", "a.com/x if x-user=a%20b%2F%28%27%25%3D%26%22 (stripped)"],
            api: ["*"],
        });
    });

    it("may lead to other ports of the containers, which belong to the release", () => {
        const routes = [
            { hosts: ["admin.a.com"], paths: ["/", "/x"], port: 9000 },
            { paths: ["/metrics"], stripPath: true, headers: { "x-team": "a" }, port: 9100 },
            { hosts: ["b.com"], port: 8080 },
        ];
        const [web] = settingsOf({ services: { web: { ...service, hosts: ["a.com"], routes } } }).services;
        expect(web?.routes.map(routeText)).toEqual([
            "a.com",
            "admin.a.com (own port)",
            "admin.a.com/x (own port)",
            "*/metrics if x-team=a (stripped) (own port)",
            "b.com",
        ]);
        const ports = { "admin.a.com": 9000, "admin.a.com/x": 9000, "*/metrics if x-team=a": 9100 };
        expect(web?.release.routePorts).toEqual(ports);
        const [plain] = settingsOf({ services: { web: { ...service, routes: [{ hosts: ["a.com"] }] } } }).services;
        expect(plain?.release.routePorts).toBeUndefined();
    });

    it("give the health check no host of another port", () => {
        const routes = [{ hosts: ["admin.a.com"], port: 9000 }, { hosts: ["b.com"] }];
        const [web] = settingsOf({ services: { web: { ...service, routes } } }).services;
        expect(web?.release.health.host).toBe("b.com");
    });

    it("give the health check the first exact host, also where the list has it", () => {
        const routes = [{ hosts: ["*.b.com"] }, { hosts: ["b.com"] }];
        const [web] = settingsOf({ services: { web: { ...service, routes } } }).services;
        expect(web?.release.health.host).toBe("b.com");
    });
});

describe("an internal service", () => {
    it("has a route only where it names one, and leaves all other requests to the only other service", () => {
        expect(routesOf({ web: {}, api: { internal: true } })).toEqual({ web: ["*"], api: [] });
        expect(routesOf({ web: { internal: true } })).toEqual({ web: [] });
        expect(routesOf({ web: {}, api: { internal: true, hosts: ["a.com"] } })).toEqual({
            web: ["*"],
            api: ["a.com"],
        });
        expect(routesOf({ web: { hosts: ["a.com"] }, api: { internal: true, default: true } })).toEqual({
            web: ["a.com"],
            api: ["*"],
        });
    });
});

describe("a problem of routes", () => {
    it.each([
        [
            "a name leads to a service that is not internal",
            { api: { hosts: ["a.com"] }, web: { extraHosts: ["api:front"], default: true } },
            ["relink:services.web.extraHosts[0]: leads api to the front, but the service api is not internal"],
        ],
        [
            "a name leads to no service",
            { api: { internal: true }, web: { extraHosts: ["db:10.0.0.1", "apo:front"] } },
            ["relink:services.web.extraHosts[1]: leads apo to the front, but there is no service of this name"],
        ],
        [
            "two services claim a host",
            { api: { hosts: ["a.com"] }, web: { hosts: ["b.com", "a.com"] } },
            ["relink:services.web.hosts[1]: takes a.com, which api has already"],
        ],
        [
            "two claim a path",
            { api: { paths: ["/v1", "/v2"] }, web: { paths: ["/v3", "/v2"], default: true } },
            ["relink:services.web.paths[1]: takes */v2, which api has already"],
        ],
        [
            "two claim a path of a host, one of them stripped",
            { api: { hosts: ["a.com"], paths: ["/v1"], stripPath: true }, web: { hosts: ["a.com"], paths: ["/v1"] } },
            ["relink:services.web.hosts[0]: takes a.com/v1, which api has already"],
        ],
        [
            "there are two defaults",
            { api: { default: true }, web: { default: true } },
            [
                "relink:services.web.default: takes every request that no other route matches, but so does api: " +
                    "only one service can be the default",
            ],
        ],
        [
            "there is a default beside a host *",
            { api: { hosts: ["*"] }, web: { default: true } },
            [
                "relink:services.web.default: takes every request that no other route matches, but so does api: " +
                    "only one service can be the default",
            ],
        ],
        [
            "one of several services names no routes and is not the default",
            { api: { hosts: ["a.com"] }, web: {} },
            [
                "relink:services.web.default: is missing, and there are several services: the service must name its " +
                    "hosts or its paths, or be the default for all that no route matches",
            ],
        ],
        [
            "the only service names no routes and is not the default",
            { web: { default: false } },
            [
                "relink:services.web.default: is false: the service must name its hosts or its paths, or be the " +
                    "default for all that no route matches",
            ],
        ],
        [
            "there is nothing to strip",
            { web: { stripPath: true } },
            ["relink:services.web.stripPath: is true, but there is no path to strip: paths is not set"],
        ],
        [
            "two services claim a host, one of them in its list",
            { api: { hosts: ["a.com"] }, web: { routes: [{ hosts: ["b.com"] }, { hosts: ["c.com", "a.com"] }] } },
            ["relink:services.web.routes[1].hosts[1]: takes a.com, which api has already"],
        ],
        [
            "two services claim a host with the same headers",
            {
                api: { hosts: ["a.com"], routes: [{ hosts: ["a.com"], headers: { "X-A": "1", "x-b": "2" } }] },
                web: { routes: [{ hosts: ["a.com"], headers: { "x-b": "2", "x-a": 1 } }], default: true },
            },
            ["relink:services.web.routes[0].hosts[0]: takes a.com if x-a=1&x-b=2, which api has already"],
        ],
        [
            "a route asks for too many headers",
            { web: { routes: [{ headers: { a: "1", b: "1", c: "1", d: "1", e: "1" } }] } },
            ["relink:services.web.routes[0].headers: asks for 5 headers, but a route can ask for 4 at most"],
        ],
        [
            "a service has a place twice, at two ports",
            {
                web: {
                    hosts: ["a.com"],
                    routes: [
                        { hosts: ["b.com"], port: 9000 },
                        { hosts: ["a.com", "b.com"], port: 9001 },
                    ],
                },
            },
            [
                "relink:services.web.routes[1].hosts[0]: takes a.com, which another route of the service has in another way (a.com)",
                "relink:services.web.routes[1].hosts[1]: takes b.com, which another route of the service has in another way (b.com (port 9000))",
            ],
        ],
        [
            "a service has a path twice, once stripped",
            {
                web: {
                    hosts: ["a.com"],
                    paths: ["/x"],
                    routes: [{ hosts: ["a.com"], paths: ["/x"], stripPath: true }],
                },
            },
            [
                "relink:services.web.routes[0].hosts[0]: takes a.com/x, which another route of the service has in " +
                    "another way (a.com/x)",
            ],
        ],
        [
            "a route of the list names nothing",
            { web: { default: true, routes: [{ paths: ["/"] }] } },
            [
                "relink:services.web.routes[0]: names neither hosts, paths nor headers: for all that no route matches there is " +
                    "default: true",
            ],
        ],
        [
            "a route of the list has nothing to strip, or an empty list",
            {
                web: {
                    routes: [
                        { hosts: ["a.com"], stripPath: true },
                        { hosts: [], paths: [] },
                    ],
                },
            },
            [
                "relink:services.web.routes[0].stripPath: is true, but there is no path to strip: paths is not set",
                "relink:services.web.routes[1].hosts: is an empty list, but must name at least one, or be left out",
                "relink:services.web.routes[1].paths: is an empty list, but must name at least one, or be left out",
            ],
        ],
        [
            "there is no path in the list",
            { web: { paths: [] } },
            ["relink:services.web.paths: is an empty list, but must name at least one, or be left out"],
        ],
    ])("%s", (_name, services, lines) => {
        expect(wrong(services)).toEqual(lines);
    });

    it.each([
        "api",
        "",
        "/api/",
        "//api",
        "/api//v1",
        "/api/..",
        "/../api",
        "/./api",
        "/api/.",
        "/%61pi",
        "/api%2Fv1",
        "/api?x=1",
        "/api#x",
        "/a pi",
        "/a;b",
        "/a\\b",
        "/a:b",
        "/a\nb",
        `/${"a".repeat(200)}`,
    ])("the path %j", path => {
        const [problem, ...more] = problemsIn({ services: { web: { ...service, paths: [path] } } });
        expect(problem).toMatchObject({ path: ["services", "web", "paths", 0] });
        expect(problem?.message).toContain("/ or a path such as /api");
        expect(more).toEqual([]);
    });

    it.each([
        { "": "1" },
        { host: "a.com" },
        { Cookie: "a=1" },
        { authorization: "*" },
        { "x-forwarded-for": "1.2.3.4" },
        { "x-relink-color": "blue" },
        { connection: "*" },
        { "x y": "1" },
        { "x-a": "" },
        { "x-a": " 1" },
        { "x-a": "1\n2" },
        { "x-a": "é" },
        { "x-a": null },
        { "x-a": ["1"] },
        { "x-a": "x".repeat(101) },
    ])("the headers %j", headers => {
        const [problem, ...more] = problemsIn({ services: { web: { ...service, routes: [{ headers }] } } });
        expect(problem?.path.slice(0, 5)).toEqual(["services", "web", "routes", 0, "headers"]);
        expect(more).toEqual([]);
    });

    it.each([0, 65536, 80.5, "9000x", null, [9000]])("the port %j", port => {
        const routes = [{ hosts: ["a.com"], port }];
        const [problem, ...more] = problemsIn({ services: { web: { ...service, routes } } });
        expect(problem?.path).toEqual(["services", "web", "routes", 0, "port"]);
        expect(more).toEqual([]);
    });

    it.each(["/", "/api", "/api/v2", "/.well-known", "/a.b/..c/~x/-_"])("is not the path %j", path => {
        expect(wrong({ web: { paths: [path] } })).toEqual([]);
    });

    it("is mended by its command", () => {
        const { web } = { web: service };
        expect(problemsIn({ services: { api: { ...service, hosts: ["a.com"] }, web } }).map(({ fix }) => fix)).toEqual([
            "pulumi config set --path 'relink:services.web.default' true",
        ]);
    });
});

describe("a route as text", () => {
    it.each([
        "*",
        "*/api",
        "shop.example.com",
        "*.example.com/api/v2 (stripped)",
        "* if x-version=2",
        "a.com/api if x-beta&x-version=a%20b%2F%28c%29 (stripped)",
        "admin.a.com (own port)",
        "a.com/api if x-beta (stripped) (own port)",
    ])("%s", text => {
        expect(routeText(parseRoute(text))).toBe(text);
    });

    it("has the same place with and without stripping", () => {
        expect(placeOf(parseRoute("a.com/api (stripped)"))).toBe("a.com/api");
    });

    it("differs by stripping, and lists of routes are equal in any order", () => {
        const routes = (...texts: string[]) => texts.map(parseRoute);
        expect(sameRoutes(routes("a", "b/x"), routes("b/x", "a"))).toBe(true);
        expect(sameRoutes(routes("b/x"), routes("b/x (stripped)"))).toBe(false);
        expect(sameRoutes(routes("a"), routes("a", "b"))).toBe(false);
    });
});
