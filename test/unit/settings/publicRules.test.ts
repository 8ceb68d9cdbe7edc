import { describe, expect, it } from "vitest";
import { configWith, linesOf, settingsOf } from "./support";

const front = (keys: object, service: object = {}) => configWith(service, { front: keys });

describe("redirects of hosts", () => {
    it("lead to the front's own port and scheme, unless the target has others", () => {
        const redirects = { "WWW.example.com": "example.com", "old.example.com": "https://New.example.com:8443" };
        expect(settingsOf(front({ redirects })).front.redirects).toEqual({
            "www.example.com": "http://example.com",
            "old.example.com": "https://new.example.com:8443",
        });
        expect(settingsOf(front({ redirects, http: { port: 8080 } })).front.redirects["www.example.com"]).toBe(
            "http://example.com:8080",
        );
    });

    it.each<[string, object, string]>([
        [
            "of a service's host",
            front({ redirects: { "a.example.com": "example.com" } }, { hosts: ["a.example.com"] }),
            'relink:front.redirects["a.example.com"]: redirects a host of the service web, which would get no request then',
        ],
        [
            "to themselves",
            front({ redirects: { "a.example.com": "https://a.example.com" } }),
            'relink:front.redirects["a.example.com"]: leads to a.example.com, which redirects too',
        ],
        [
            "in a circle",
            front({ redirects: { "a.example.com": "b.example.com", "c.example.com": "https://a.example.com:1" } }),
            'relink:front.redirects["c.example.com"]: leads to a.example.com, which redirects too',
        ],
        [
            "with a path",
            front({ redirects: { "a.example.com": "example.com/x" } }),
            'relink:front.redirects["a.example.com"]: is "example.com/x", but must be a host such as example.com, or https://example.com, without a path',
        ],
    ])("are refused %s", (_, config, line) => {
        expect(linesOf(config)).toEqual([line]);
    });
});

describe("headers of each answer", () => {
    it("have names in lower case", () => {
        expect(settingsOf(front({ responseHeaders: { "X-Frame-Options": "DENY" } })).front.responseHeaders).toEqual({
            "x-frame-options": "DENY",
        });
    });

    it.each(["Content-Length", "set-cookie", "X-Relink-Color", "Strict-Transport-Security", "a b", "x:y"])(
        "are not %s, which HAProxy or relink sets",
        name => {
            expect(linesOf(front({ responseHeaders: { [name]: "x" } }))).toEqual([
                expect.stringContaining("has a name that is not allowed"),
            ]);
        },
    );

    it.each(['a"b', "a\nb", "$HOME", "back\\slash", "", " x", "é"])("do not have the value %j", value => {
        expect(linesOf(front({ responseHeaders: { "x-a": value } }))).toHaveLength(1);
    });
});

describe("a user's own line of HAProxy's configuration", () => {
    const own = (line: string) => front({ haproxy: { frontend: [line] } });

    it.each([
        "http-request deny if { path /a } # why",
        'http-request set-header x-a "b c"',
        "option httpclose",
        "maxconn 9",
    ])("may be %s", line => {
        expect(settingsOf(own(line)).front.haproxy.frontend).toEqual([line]);
    });

    it.each([
        "backend other",
        "frontend",
        "no backend other",
        "default  listen x",
        '"backend" other',
        "back\\end other",
        " backend other",
        ".if defined(A)",
        "# a comment",
        "maxconn 9\nbackend other",
        "maxconn 9\rx",
        "http-request set-header x-a é",
        "ends with a backslash \\",
        "setenv RELINK_CONFIG x",
        "",
        `maxconn ${"9".repeat(1_000)}`,
    ])("is not %j, which leaves its section", line => {
        expect(linesOf(own(line))).toEqual([
            expect.stringMatching(
                /^relink:front\.haproxy\.frontend\[0\]: .*but must be one line of HAProxy's configuration/,
            ),
        ]);
    });
});

describe("limits of a client", () => {
    it("are bytes, requests in a time, and connections", () => {
        const limits = { body: "10m", rate: "100/10s", connections: 50 };
        expect(settingsOf(front({ limits })).front.limits).toEqual({
            body: 10 * 1024 ** 2,
            rate: { requests: 100, periodMs: 10_000 },
            connections: 50,
        });
        expect(settingsOf(front({})).front.limits).toEqual({});
    });

    it.each([
        ["body", "10 MB"],
        ["body", 0],
        ["rate", 100],
        ["rate", "100"],
        ["rate", "0/10s"],
        ["rate", "100/500ms"],
        ["rate", "100/2h"],
        ["rate", "1000001/1s"],
        ["connections", 4001],
        ["connections", "50"],
    ])("are not %s: %j", (key, value) => {
        expect(linesOf(front({ limits: { [key]: value } }))).toEqual([
            expect.stringContaining(`relink:front.limits.${key}: is ${JSON.stringify(value)}, but must be`),
        ]);
    });
});

describe("compression", () => {
    it("is for the usual media types, or for those of a list", () => {
        expect(settingsOf(front({ compression: true })).front.compression).toContain("application/json");
        expect(settingsOf(front({ compression: ["text/css"] })).front.compression).toEqual(["text/css"]);
        expect(settingsOf(front({ compression: false })).front.compression).toEqual([]);
        expect(settingsOf(front({})).front).not.toHaveProperty("compression");
    });

    it.each([
        ["gzip", 'relink:front.compression: is "gzip", but must be true or false'],
        [["text"], 'relink:front.compression[0]: is "text", but must be a media type in lower case such as text/html'],
    ])("is not %j", (value, line) => {
        expect(linesOf(front({ compression: value }))).toEqual([line]);
    });
});

describe("PROXY protocol", () => {
    it("needs a proxy that may speak it", () => {
        expect(linesOf(front({ proxyProtocol: true }))).toEqual([
            "relink:front.proxyProtocol: is true, but nobody may speak it: front.trustedProxies is empty",
        ]);
        expect(linesOf(front({ proxyProtocol: true, trustedProxies: ["192.0.2.10"] }))).toEqual([]);
    });
});
