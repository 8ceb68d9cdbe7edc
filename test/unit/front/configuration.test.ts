import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeCertificateList } from "../../../front/certificateList";
import { writeClientAuthorities } from "../../../front/clients";
import {
    type BackendSpec,
    contentHash,
    renderBackend,
    renderFrontends,
    renderGlobal,
    stampHash,
} from "../../../front/configuration";
import { stickyCookie } from "../../../front/stickyCookie";
import type { PublicRules, TlsListener } from "../../../model/FrontSettings";
import { frontTimeouts as timeouts } from "../../support/frontTimeouts";

const web: BackendSpec = {
    service: "web",
    color: "blue",
    port: 8080,
    health: {
        path: "/healthz?deep=1&as=a%20b",
        tcp: false,
        host: "shop.example.com",
        status: { from: 200, to: 399 },
        intervalMs: 2000,
        timeoutMs: 1500,
        rise: 2,
        fall: 3,
    },
    slots: [
        { number: 2, address: "10.89.0.18", enabled: false },
        { number: 1, address: "10.89.0.17", enabled: true },
    ],
};
const near = { gateway: "10.89.0.1", anchor: "10.89.0.2" };
const golden = (name: string) => join(__dirname, "golden", name);
const withHealth = (health: Partial<BackendSpec["health"]>) =>
    renderBackend({ ...web, health: { ...web.health, ...health } });
const files = (text = renderBackend(web)) =>
    new Map([
        ["conf/00-global.cfg", renderGlobal({ name: "shop-dev", timeouts })],
        ["conf/20-web-blue.cfg", text],
        ["maps/link.map", "web blue:green:0\n"],
    ]);

describe("the configuration's text", () => {
    it("has the process's settings and the defaults in one file", async () => {
        await expect(renderGlobal({ name: "shop-dev", timeouts })).toMatchFileSnapshot(golden("00-global.cfg"));
    });

    it("has the listeners in one file, which names no service", async () => {
        await expect(renderFrontends({ name: "shop-dev", trustedProxies: [] }, near)).toMatchFileSnapshot(
            golden("10-frontends.cfg"),
        );
    });

    it("finds routes by header, of one host those with the longer path first", async () => {
        const routeHeaders = ["x-version=", "x-beta", "x-beta&x-version="];
        const text = renderFrontends({ name: "shop-dev", trustedProxies: [], routeHeaders }, near);
        await expect(text).toMatchFileSnapshot(golden("10-frontends-headers.cfg"));
        for (const wrong of ["x y", 'x"', "x-a=%[src]", "x{", ""]) {
            expect(() => renderFrontends({ name: "a", trustedProxies: [], routeHeaders: [wrong] }, near)).toThrow();
        }
    });

    it("has a listener with TLS, a redirect and HSTS if the settings ask for them", async () => {
        const tls: TlsListener = {
            certificates: ["shop", "api"],
            minVersion: "TLSv1.2",
            hsts: "max-age=31536000",
            redirect: { status: 301, port: 443 },
        };
        await expect(renderGlobal({ name: "shop-dev", timeouts, tls })).toMatchFileSnapshot(
            golden("00-global-https.cfg"),
        );
        await expect(renderFrontends({ name: "shop-dev", trustedProxies: [], tls }, near)).toMatchFileSnapshot(
            golden("10-frontends-https.cfg"),
        );
        const redirect = { status: 308, port: 8443 } as const;
        expect(renderFrontends({ name: "a", trustedProxies: [], tls: { ...tls, redirect } }, near)).toContain(
            "redirect code 308 location https://%[req.hdr(host),host_only]:8443%[pathq] if !{ ssl_fc }",
        );
        for (const wrong of [{ certificates: ["a b"] }, { hsts: 'a"\nb' }, { minVersion: "SSLv3" as "TLSv1.2" }]) {
            const render = () => [
                renderFrontends({ name: "a", trustedProxies: [], tls: { ...tls, ...wrong } }, near),
                renderGlobal({ name: "a", timeouts, tls: { ...tls, ...wrong } }),
            ];
            expect(render).toThrow();
        }
    });

    it("asks clients for certificates and speaks HTTP/3 if the settings ask for them", async () => {
        const clients = { file: "clients-0123456789ab.pem", verify: "required" } as const;
        const tls: TlsListener = { certificates: ["shop"], minVersion: "TLSv1.2", clients, http3: { port: 8443 } };
        const front = { name: "shop-dev", trustedProxies: [] };
        await expect(renderFrontends({ ...front, tls }, near)).toMatchFileSnapshot(golden("10-frontends-clients.cfg"));
        expect(renderGlobal({ ...front, timeouts, tls })).toContain("    limited-quic\n");
        const optional = renderFrontends(
            { ...front, tls: { ...tls, clients: { ...clients, verify: "optional" } } },
            near,
        );
        expect(optional).toContain(" verify optional alpn h2,http/1.1\n");
        expect(optional).not.toContain("a client certificate is needed");
        expect(optional).toContain("del-header '^x.client.subject$' -m reg\n");
        // The listener without TLS has these rules too, and the idle color's has none: it answers the Docker host alone.
        expect(optional.split("set-header x-client-subject")).toHaveLength(2);
        const files = new Map([["data/clients-ba9876543210.pem", "of another version"]]);
        writeClientAuthorities(files, tls, "PEM\n");
        expect([...files]).toEqual([["data/clients-0123456789ab.pem", "PEM\n"]]);
        writeClientAuthorities(files, undefined, "");
        expect(files.size).toBe(0);
        const wrong = { ...tls, clients: { ...clients, file: "../clients-0123456789ab.pem" } };
        expect(() => renderFrontends({ ...front, tls: wrong }, near)).toThrow();
    });

    it("names more certificates than a line can have in a list", () => {
        const names = Array.from({ length: 300 }, (_, index) => `host-${index}`);
        const written = (certificates: string[]) => {
            const tls: TlsListener = { certificates, minVersion: "TLSv1.2" };
            const files = new Map([["data/certificates-0123456789ab.txt", "of another version"]]);
            writeCertificateList(files, tls);
            return { files, text: renderFrontends({ name: "a", trustedProxies: [], tls }, near) };
        };
        const few = written(names.slice(0, 25));
        expect(few.files).toEqual(new Map());
        const [bind = ""] = /^.* ssl crt .*$/m.exec(few.text) ?? [];
        // HAProxy takes 64 words.
        expect(bind.trim().split(" ").length).toBeLessThan(60);
        const many = written(names);
        const [[path, text] = []] = [...many.files];
        expect(many.text).toContain(` ssl crt-list /relink/config/current/${path} alpn h2,http/1.1\n`);
        expect(text).toMatch(/^\/relink\/config\/certificates\/host-0.pem\n/);
        expect(text?.trim().split("\n")).toHaveLength(300);
        // Another list is another configuration.
        expect(written(names.slice(1)).text).not.toBe(many.text);
    });

    it("has lines for redirects, headers and the access log if the settings ask for them", async () => {
        const rules = {
            redirects: { "www.example.com": "https://example.com", "old.example.com": "http://example.com:8080" },
            responseHeaders: {
                "x-frame-options": "DENY",
                "content-security-policy": "default-src 'self'; img-src 100%",
            },
            accessLog: "json",
        } as const;
        const frontends = renderFrontends({ name: "shop-dev", trustedProxies: [], ...rules }, near);
        await expect(frontends).toMatchFileSnapshot(golden("10-frontends-rules.cfg"));
        const wrongs: Partial<PublicRules>[] = [
            { redirects: { "a b": "https://example.com" } },
            { redirects: { "a.example.com": "https://example.com/%[src]" } },
            { responseHeaders: { "x-a": '"; b' } },
            { responseHeaders: { "x-a b": "c" } },
        ];
        for (const wrong of wrongs) {
            expect(() => renderFrontends({ name: "a", trustedProxies: [], ...rules, ...wrong }, near)).toThrow();
        }
    });

    it("has a user's own lines behind its own, each with its setting's name", () => {
        const haproxy = { global: ["tune.bufsize 32768"], frontend: ["http-request deny if { path /a }", "maxconn 9"] };
        expect(renderGlobal({ name: "a", timeouts, haproxy })).toContain(
            "    # Setting front.haproxy.global[0]:\n    tune.bufsize 32768\n\ndefaults relink",
        );
        expect(renderFrontends({ name: "a", trustedProxies: [], haproxy }, near)).toContain(
            "    # Setting front.haproxy.frontend[0]:\n    http-request deny if { path /a }\n" +
                "    # Setting front.haproxy.frontend[1]:\n    maxconn 9\n    use_backend",
        );
        expect(renderBackend({ ...web, lines: ["balance leastconn"] })).toContain(
            "    # Setting services.web.haproxy.backend[0]:\n    balance leastconn\n    server slot-1",
        );
        expect(() => renderBackend({ ...web, lines: ["a\nb"] })).toThrow();
    });

    it("has limits, compression, a health page and PROXY protocol where the settings ask for them", async () => {
        const front = {
            name: "shop-dev",
            trustedProxies: ["192.0.2.0/24"],
            limits: { body: 10_485_760, rate: { requests: 100, periodMs: 10_000 }, connections: 50 },
            compression: ["text/html", "application/json"],
            proxyProtocol: true,
            healthPath: "/front-health",
            statistics: ["alice"],
        };
        await expect(renderFrontends(front, near)).toMatchFileSnapshot(golden("10-frontends-limits.cfg"));
        const few = renderFrontends({ ...front, trustedProxies: [], limits: { connections: 50 } }, near);
        // The connections are counted as they always are: no table of requests, and no line for one.
        expect(few).toContain("sc1_conn_cur(addresses) gt 50");
        expect(few).not.toMatch(/sc2|clients|txn\.forwarded/);
        const wrongs: Partial<PublicRules>[] = [
            { limits: { body: 0.5 } },
            { limits: { rate: { requests: 1, periodMs: Number.NaN } } },
            { limits: { rate: { requests: -1, periodMs: 1000 } } },
            { limits: { connections: 0 } },
            { compression: ["text/html type"] },
            { healthPath: "/a b" },
        ];
        for (const wrong of wrongs) {
            expect(() => renderFrontends({ ...front, ...wrong }, near)).toThrow();
        }
    });

    it("has pages in place of its own lines of text and of HAProxy's pages", async () => {
        const pages = {
            404: "404-0123456789ab.html",
            503: "503-0123456789ab.json",
            maintenance: "maintenance-0123456789ab.txt",
        };
        const front = { name: "shop-dev", trustedProxies: [], pages, access: { shop: { maintenance: true } as const } };
        await expect(renderFrontends(front, near)).toMatchFileSnapshot(golden("10-frontends-pages.cfg"));
        for (const file of ["../x.html", "503-0123456789ab.html evil", "503-0123456789ab.php"]) {
            expect(() => renderFrontends({ ...front, pages: { 503: file } }, near)).toThrow();
        }
    });

    it("says nothing of trusted proxies where there are none", () => {
        const text = renderFrontends({ name: "a", trustedProxies: [] }, near);
        expect(text).not.toMatch(/from_trusted_proxy|set-src|-m len gt 200/);
        expect(text).toContain("    http-request del-header x-forwarded- -m beg\n");
    });

    it("names each trusted proxy in a line of its own, on both listeners", () => {
        const trustedProxies = ["10.0.0.0/8", "2001:db8::1"];
        const lines = renderFrontends({ name: "a", trustedProxies }, near).split("\n");
        for (const network of trustedProxies) {
            expect(lines.filter(line => line === `    acl from_trusted_proxy src ${network}`)).toHaveLength(2);
        }
        expect(() => renderFrontends({ name: "a", trustedProxies: ["10.0.0.0/8 0.0.0.0/0"] }, near)).toThrow();
    });

    it("has one file per color of a service, with all its slots in order", async () => {
        await expect(renderBackend(web)).toMatchFileSnapshot(golden("20-web-blue.cfg"));
    });

    it("has a cookie that keeps users on a container, if the release asks for it", async () => {
        const key = Buffer.from("00".repeat(32), "hex");
        const sticky = stickyCookie(key, "web");
        await expect(renderBackend({ ...web, sticky })).toMatchFileSnapshot(golden("20-web-blue-sticky.cfg"));
        expect(sticky).toEqual(stickyCookie(key, "web"));
        const others = [stickyCookie(key, "api"), stickyCookie(Buffer.from("11".repeat(32), "hex"), "web")];
        for (const other of others) {
            expect(other.name).not.toBe(sticky.name);
            expect(other.key).not.toBe(sticky.key);
        }
        for (const change of [{ name: "a b" }, { key: "secret" }, { key: `${sticky.key}\n` }]) {
            expect(() => renderBackend({ ...web, sticky: { ...sticky, ...change } })).toThrow();
        }
    });

    it("sends the requests of some routes to other ports, and checks each port", async () => {
        const routePorts = {
            "admin.example.com": 9000,
            "*/metrics if x-team=a%20b": 9100,
            "*.admin.example.com": 9000,
        };
        await expect(renderBackend({ ...web, routePorts })).toMatchFileSnapshot(golden("20-web-blue-ports.cfg"));
        const sorted = Object.fromEntries(Object.entries(routePorts).reverse());
        expect(renderBackend({ ...web, routePorts: sorted })).toBe(renderBackend({ ...web, routePorts }));
        const byConnection = renderBackend({ ...web, routePorts, health: { ...web.health, tcp: true } });
        expect(byConnection).toContain(
            "    option tcp-check\n    tcp-check connect port 9000\n    tcp-check connect port 9100\n    tcp-check connect port 8080\n",
        );
        expect(byConnection).not.toContain("http-check");
        const many = Object.fromEntries(Array.from({ length: 90 }, (_, index) => [`${index}.example.com`, 9000]));
        const lines = renderBackend({ ...web, routePorts: many })
            .split("\n")
            .filter(line => !/^ +#/.test(line));
        expect(lines.filter(line => line.includes("int(9000)"))).toHaveLength(3);
        expect(Math.max(...lines.map(line => line.trim().split(" ").length))).toBeLessThan(60);
    });

    it("speaks HTTP/2 without TLS to containers whose release asks for it, and in its checks", async () => {
        await expect(renderBackend({ ...web, protocol: "h2c" })).toMatchFileSnapshot(golden("20-web-blue-h2c.cfg"));
        const ports = renderBackend({ ...web, protocol: "h2c", routePorts: { "admin.example.com": 9000 } });
        expect(ports.match(/^ {4}http-check connect .*$/gm)).toEqual([
            "    http-check connect port 9000 proto h2",
            "    http-check connect port 8080 proto h2",
        ]);
        const byConnection = renderBackend({
            ...web,
            protocol: "h2c",
            health: { ...web.health, tcp: true, path: undefined },
        });
        expect(byConnection).toContain("    default-server check proto h2 inter 2000ms");
    });

    it("has other servers for other ports, so that a worker shows which it knows", () => {
        const servers = (spec: Partial<BackendSpec>) =>
            [...renderBackend({ ...web, ...spec }).matchAll(/^ {4}server .*$/gm)].join("\n");
        const ports = { "admin.example.com": 9000 };
        const texts = [{}, { routePorts: ports }, { routePorts: ports, port: 8081 }].map(servers);
        texts.push(servers({ routePorts: { "admin.example.com": 9001 } }));
        texts.push(servers({ routePorts: { "other.example.com": 9000 } }));
        texts.push(servers({ protocol: "h2c" }), servers({ routePorts: ports, protocol: "h2c" }));
        expect(new Set(texts).size).toBe(texts.length);
        expect(texts[1]).toMatch(
            /^ {4}server slot-1 10\.89\.0\.17 id \d+\n {4}server slot-2 10\.89\.0\.18 id \d+ disabled$/,
        );
    });

    it("checks by a connection if the service has no HTTP check", () => {
        for (const text of [withHealth({ tcp: true }), withHealth({ path: undefined })]) {
            expect(text).not.toContain("httpchk");
            expect(text).toContain("default-server check inter 2000ms");
        }
    });

    it("writes a single status without a range", () => {
        expect(withHealth({ status: { from: 204, to: 204 } })).toContain("http-check expect status 204\n");
    });

    it("checks at least as often while a server goes up or down", () => {
        expect(withHealth({ intervalMs: 300 })).toContain("inter 300ms fastinter 300ms downinter 300ms");
    });

    it("has a service's own timeout", () => {
        expect(renderBackend(web)).not.toContain("timeout server");
        expect(renderBackend({ ...web, serverTimeoutMs: 90_000 })).toContain("    timeout server 90000ms\n");
    });
});

describe("hostile values", () => {
    it.each([
        ["a service with a newline", { service: "web\nlisten" }],
        ["a service with a space", { service: "web x" }],
        ["a service with capitals", { service: "Web" }],
        ["no service", { service: "" }],
        ["an unknown color", { color: "red" as "blue" }],
        ["a port out of range", { port: 65536 }],
        ["a port with a fraction", { port: 80.5 }],
        ["a route's port out of range", { routePorts: { "a.com": 0 } }],
        ["a route's place with a newline", { routePorts: { "a.com\n    http-request deny": 9000 } }],
        ["a timeout that is not a number", { serverTimeoutMs: Number.NaN }],
        ["an address with a directive", { slots: [{ number: 1, address: "10.0.0.1 backup", enabled: true }] }],
        ["an address out of range", { slots: [{ number: 1, address: "10.0.0.256", enabled: true }] }],
        ["a slot zero", { slots: [{ number: 0, address: "10.0.0.1", enabled: true }] }],
        ["the same slot twice", { slots: [web.slots[0]!, web.slots[0]!] }],
    ])("are refused: %s", (_, change) => {
        expect(() => renderBackend({ ...web, ...change })).toThrow();
    });

    it.each([
        ["a path with a space", { path: "/a b" }],
        ["a path with a newline", { path: "/a\n" }],
        ["a path with quotes", { path: '/"x"' }],
        ["a path with a variable", { path: "/$HOME" }],
        ["a path with a comment", { path: "/a#b" }],
        ["a path with a backslash", { path: "/a\\b" }],
        ["a path without a slash", { path: "healthz" }],
        ["a host with a space", { host: "a b" }],
        ["a host with a carriage return", { host: "a\r\nx: y" }],
        ["a status below 100", { status: { from: 99, to: 200 } }],
        ["a status range upside down", { status: { from: 300, to: 200 } }],
        ["rise zero", { rise: 0 }],
        ["a negative interval", { intervalMs: -1 }],
    ])("are refused in the health check: %s", (_, health) => {
        expect(() => withHealth(health)).toThrow();
    });

    it("are refused in the front's settings", () => {
        expect(() => renderGlobal({ name: "a\nb", timeouts })).toThrow();
        expect(() => renderFrontends({ name: "a b", trustedProxies: [] }, near)).toThrow();
        expect(() =>
            renderGlobal({ name: "a", timeouts: { ...timeouts, queueMs: Number.POSITIVE_INFINITY } }),
        ).toThrow();
    });
});

describe("the hash of the configuration", () => {
    it("stays the same when runtime commands change slots and maps", () => {
        const vacated = renderBackend({ ...web, slots: web.slots.map(slot => ({ ...slot, enabled: !slot.enabled })) });
        expect(contentHash(files(vacated).set("maps/link.map", "web green:blue:0\n"))).toBe(contentHash(files()));
    });

    it("stays the same with other comments and with the stamp itself", () => {
        const stamped = files(`# Something else to read.\n\n${renderBackend(web)}`);
        stampHash(stamped);
        expect(contentHash(stamped)).toBe(contentHash(files()));
    });

    it("changes with each change that needs a reload", () => {
        const others = [
            files(renderBackend({ ...web, port: 8081 })),
            files(withHealth({ path: "/" })),
            files(renderBackend({ ...web, slots: web.slots.slice(1) })),
            new Map([...files()].filter(([path]) => path !== "conf/20-web-blue.cfg")),
        ];
        expect(new Set([files(), ...others].map(contentHash)).size).toBe(5);
    });

    it("is in the global section, so that a worker can report it", () => {
        const stamped = files();
        const hash = stampHash(stamped);
        expect(hash).toMatch(/^[0-9a-f]{16}$/);
        expect(stamped.get("conf/00-global.cfg")).toContain(`    setenv RELINK_CONFIG ${hash}\n`);
        expect(stampHash(stamped)).toBe(hash);
    });
});
