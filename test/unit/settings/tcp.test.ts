import { describe, expect, it } from "vitest";
import { routeText } from "../../../model/Route";
import { changedSettings } from "../../../settings/changedSettings";
import { configWith, linesOf, settingsOf } from "./support";

const tcp = { protocol: "tcp", listen: { port: 6379 } };
const cache = (keys: object = {}) => ({ image: "cache", port: 6379, ...tcp, ...keys });
const service = (keys: object = {}) => settingsOf({ services: { cache: cache(keys) } }).services[0]!;

describe("a TCP service", () => {
    it("has the connections of a port, or of the hosts that clients name there", () => {
        expect(service().routes.map(routeText)).toEqual([":6379"]);
        const listen = { port: 5432, sni: ["DB.example.com", "*.example.net"] };
        expect(service({ listen }).routes.map(routeText)).toEqual(["db.example.com:5432", "*.example.net:5432"]);
    });

    it("leaves the requests of the front's own ports to the only other service", () => {
        const { services, front } = settingsOf({ services: { cache: cache(), web: { image: "web", port: 8080 } } });
        expect(services.map(({ routes }) => routes.map(routeText))).toEqual([[":6379"], ["*"]]);
        expect(front.tcpPorts).toEqual([6379]);
    });

    it("may come later to a port that the front publishes from the start", () => {
        const front = { tcpPorts: [6379, 5432] };
        expect(settingsOf({ ...configWith(), front }).front.tcpPorts).toEqual([5432, 6379]);
        expect(settingsOf({ front, services: { cache: cache() } }).front.tcpPorts).toEqual([5432, 6379]);
        expect(linesOf({ ...configWith(), front: { tcpPorts: [5432, 443, 0] } })).toEqual([
            "relink:front.tcpPorts[2]: is 0, but must be a whole number from 1 to 64000",
        ]);
        expect(linesOf({ ...configWith(), front: { tcpPorts: [5432, 443] } })).toEqual([
            "relink:front.tcpPorts[1]: is 443, which https (http.port + 363) of the front uses already",
        ]);
    });

    it("lets in connections from where it allows them", () => {
        expect(service({ allow: ["10.0.0.0/8"] }).access).toEqual({ allow: ["10.0.0.0/8"] });
    });

    it("is checked by a connection, a conversation, or a page at another port", () => {
        expect(service().release.health).toMatchObject({ tcp: true, path: undefined });
        const conversation = { send: "PING\r\n", expect: "+PONG" };
        expect(service({ health: conversation }).release.health).toMatchObject({ tcp: true, ...conversation });
        const page = { path: "/healthz", port: 8081 };
        expect(service({ health: page }).release.health).toMatchObject({ tcp: false, ...page });
    });

    it("changes no release of another service", () => {
        const release = settingsOf(configWith()).services[0]!.release;
        for (const key of ["protocol", "sendProxy"]) {
            expect(release).toHaveProperty(key, undefined);
        }
        expect(changedSettings(release)).toEqual({ port: 8080 });
        expect(changedSettings(service({ sendProxy: "v2" }).release)).toMatchObject({
            protocol: "tcp",
            sendProxy: "v2",
        });
    });

    it("gets no certificate of the front for its hosts", () => {
        const front = { https: { acme: { email: "you@example.com" } } };
        const services = {
            cache: cache({ listen: { port: 5432, sni: ["db.example.com"] } }),
            web: { image: "w", port: 1, hosts: ["a.com"] },
        };
        expect(settingsOf({ front, services }).front.https?.managed.map(({ name }) => name)).toEqual(["a.com"]);
    });
});

describe("a wrong TCP service", () => {
    const at = "relink:services.cache";
    const has = (keys: object) =>
        linesOf({ services: { cache: cache(keys), web: { image: "w", port: 1, hosts: ["w.com"] } } });

    it.each<[string, object, string]>([
        ["no port to listen at", { listen: undefined }, `${at}.listen.port: is missing`],
        [
            "a port out of range",
            { listen: { port: 64_001 } },
            `${at}.listen.port: is 64001, but must be a whole number`,
        ],
        ["no host", { listen: { port: 1, sni: [] } }, `${at}.listen.sni: is an empty list`],
        ["every host", { listen: { port: 1, sni: ["*"] } }, `${at}.listen.sni[0]: is "*", but must be a DNS name`],
        [
            "a port of the front",
            { listen: { port: 443 } },
            `${at}.listen.port: is 443, which https (http.port + 363) of`,
        ],
        ["an unknown protocol", { protocol: "udp" }, `${at}.protocol: is "udp", but must be one of h2c, tcp`],
        ["an unknown version", { sendProxy: "v1" }, `${at}.sendProxy: is "v1", but must be v2`],
        ["hosts", { hosts: ["a.com"] }, `${at}.hosts: is set, but a service of protocol: tcp has connections`],
        ["paths", { paths: ["/api"] }, `${at}.paths: is set, but a service of protocol: tcp`],
        ["routes", { routes: [{ hosts: ["a.com"] }] }, `${at}.routes: is set, but a service of protocol: tcp`],
        ["being the default", { default: true }, `${at}.default: is set, but a service of protocol: tcp`],
        ["a password", { auth: { basic: ["bob"] } }, `${at}.auth: is set, but a service of protocol: tcp`],
        ["a page of maintenance", { maintenance: true }, `${at}.maintenance: is set, but a service of protocol: tcp`],
        ["a time of requests", { timeouts: { server: "1m" } }, `${at}.timeouts.server: is set, but a service of`],
        ["a cookie", { sticky: "cookie" }, `${at}.sticky: is set, but a service of protocol: tcp`],
        [
            "a canary by cookie",
            { strategy: { canary: { weight: 5, sticky: "cookie" } } },
            `${at}.strategy.canary.sticky: is set, but a service of protocol: tcp`,
        ],
        [
            "a canary by header",
            { strategy: { canary: { weight: 5, match: [{ cookie: "beta" }] } } },
            `${at}.strategy.canary.match: is set, but a service of protocol: tcp`,
        ],
        [
            "a hook by HTTP",
            { hooks: { prePromotion: { http: { path: "/" } } } },
            `${at}.hooks.prePromotion.http: is set, but a service of protocol: tcp`,
        ],
        ["a time of answers", { analysis: { maxLatency: "1s" } }, `${at}.analysis.maxLatency: is set, but a service`],
        [
            "a question without an answer",
            { health: { send: "PING" } },
            `${at}.health.send: is set without health.expect`,
        ],
        [
            "an empty answer",
            { health: { expect: "" } },
            `${at}.health.expect: is "", but must be a text of 1 to 200 bytes`,
        ],
        ["a page and a conversation", { health: { path: "/", expect: "a" } }, `${at}.health.expect: is set together`],
        ["a conversation at another port", { health: { port: 1, expect: "a" } }, `${at}.health.port: is set together`],
        ["no port", { port: undefined, strategy: "rolling" }, `${at}.protocol: is set, but means nothing without port`],
    ])("%s", (_, keys, line) => {
        expect(has(keys).filter(text => text.startsWith(line))).toHaveLength(1);
    });

    it("is one whose port another one has", () => {
        const two = (one: object, other: object) =>
            linesOf({ services: { cache: cache({ listen: one }), orders: cache({ listen: other }) } });
        expect(two({ port: 1, sni: ["a.com"] }, { port: 1, sni: ["b.com"] })).toEqual([]);
        expect(two({ port: 1 }, { port: 1 })).toEqual([
            "relink:services.orders.listen.port: takes :1, which cache has already",
        ]);
        expect(two({ port: 1, sni: ["a.com"] }, { port: 1, sni: ["A.com"] })).toEqual([
            "relink:services.orders.listen.sni[0]: takes a.com:1, which cache has already",
        ]);
        expect(two({ port: 1, sni: ["a.com"] }, { port: 1 })).toEqual([
            "relink:services.orders.listen.port: is 1, which cache has by sni: services share a port only where each of them has sni",
        ]);
    });

    it.each<[string, object, string]>([
        ["listen", { listen: { port: 1 } }, "listen"],
        ["sendProxy", { sendProxy: "v2" }, "sendProxy"],
        ["health.port", { health: { port: 1 } }, "health.port"],
        ["health.expect", { health: { expect: "a" } }, "health.expect"],
    ])("%s goes with no other protocol", (_, keys, key) => {
        expect(linesOf(configWith(keys))).toEqual([
            `relink:services.web.${key}: is set, but means something only for a service of protocol: tcp`,
        ]);
    });
});
