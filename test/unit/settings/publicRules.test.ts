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
