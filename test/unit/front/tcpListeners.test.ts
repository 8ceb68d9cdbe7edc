import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type BackendSpec, contentHash, renderBackend } from "../../../front/configuration";
import { accessIn, writeListeners } from "../../../front/listenerFiles";
import { listenerPorts, tcpPortInside } from "../../../front/listeners";
import { fixedLabels, publishedPorts } from "../../../front/published";
import { unpublishedPorts } from "../../../front/unpublishedPorts";
import { parseRoutes, routeKey, routeValue } from "../../../haproxy/routes";
import type { ContainerInfo } from "../../../model/Container";
import { parseRoute, routeText } from "../../../model/Route";
import type { ServiceAccess } from "../../../model/ServiceAccess";
import type { ServiceRules } from "../../../model/ServiceRules";
import { frontTimeouts } from "../../support/frontTimeouts";
import { configWith, settingsOf } from "../settings/support";

const near = { gateway: "10.89.0.1", anchor: "10.89.0.2" };
const golden = (name: string) => join(__dirname, "golden", name);
const cache: ServiceRules = { listen: { port: 6379 } };
const orders: ServiceRules = { listen: { port: 5432, sni: true } };

/** @returns HAProxy's files with these listeners, where the map has these routes */
function filesWith(
    services: Record<string, ServiceRules>,
    routes: Record<string, string> = {},
    access: Record<string, ServiceAccess> = {},
): Map<string, string> {
    const entries = Object.entries(routes).map(
        ([text, service]) => `${routeKey(parseRoute(text))} ${routeValue(parseRoute(text), service)}\n`,
    );
    const files = new Map([["maps/routes.map", entries.join("")]]);
    const front = { name: "shop-dev", timeouts: frontTimeouts, trustedProxies: ["192.0.2.10"], services, access };
    writeListeners(files, { ...front, proxyProtocol: true }, near);
    return files;
}

describe("the listeners of TCP services", () => {
    it("are in a file of their own", async () => {
        const files = filesWith({ cache, orders, web: { match: [{ cookie: "beta" }] } });
        await expect(files.get("conf/11-tcp.cfg")).toMatchFileSnapshot(golden("11-tcp.cfg"));
        await expect(files.get("conf/10-frontends.cfg")).toMatchFileSnapshot(golden("10-frontends-tcp.cfg"));
    });

    it("are not there without TCP services, nor anything about them in the other listeners", () => {
        const files = filesWith({}, { "shop.example.com": "web" });
        expect([...files.keys()].sort()).toEqual(["conf/10-frontends.cfg", "data/listeners.json", "maps/routes.map"]);
        expect(files.get("conf/10-frontends.cfg")).not.toContain("tcp\n");
        expect(contentHash(filesWith({ web: {} }))).toBe(contentHash(files));
    });

    it("let in only connections from where the service allows them, and HTTP has no line about that", () => {
        const files = filesWith({ cache }, {}, { cache: { allow: ["203.0.113.0/24", "10.0.0.0/8"] } });
        const reject = "    tcp-request content reject if { var(txn.service) -m str cache }";
        expect(files.get("conf/11-tcp.cfg")?.match(/^ {4}tcp-request content reject if .*$/gm)).toEqual([
            `${reject} !{ src 203.0.113.0/24 10.0.0.0/8 }`,
            `${reject} { src 10.89.0.1 }`,
        ]);
        expect(files.get("conf/10-frontends.cfg")).toBe(filesWith({ cache }).get("conf/10-frontends.cfg"));
        expect(accessIn(files)).toEqual({ cache: { allow: ["203.0.113.0/24", "10.0.0.0/8"] } });
    });

    it("stay for a service that leaves, as long as its route is there", () => {
        const files = filesWith({ cache }, { ":8883": "broker", "a.example.com:5432": "orders" });
        const frontends = [...files.get("conf/11-tcp.cfg")!.matchAll(/^frontend (\S+)/gm)].map(([, name]) => name);
        expect(frontends).toEqual(["tcp-5432", "tcp-6379", "tcp-8883", "tcp-probe"]);
        expect(files.get("conf/11-tcp.cfg")).toContain("str(TCP:5432/),concat(,txn.host,/)");
        expect(files.get("conf/10-frontends.cfg")).toContain("acl is_tcp var(txn.service) -m str broker\n");
        writeListeners(files, { name: "shop-dev", trustedProxies: [] }, near);
        files.set("maps/routes.map", "");
        writeListeners(files, { name: "shop-dev", trustedProxies: [] }, near);
        expect(files.has("conf/11-tcp.cfg")).toBe(false);
    });
});

describe("a route of a TCP service", () => {
    it("has a key that no request can have, from which it is read back", () => {
        for (const text of [":6379", "db.example.com:5432", "*.example.com:1"]) {
            const entry = [routeKey(parseRoute(text)), routeValue(parseRoute(text), "cache")] as const;
            expect(entry[0]).toMatch(/^TCP:\d+\//);
            expect(parseRoutes(new Map([entry])).map(({ route }) => routeText(route))).toEqual([text]);
        }
    });
});

describe("a port inside the front", () => {
    it("is another one for each port, and one that HAProxy may have", () => {
        const inside = Array.from({ length: 64_000 }, (_, index) => tcpPortInside(index + 1));
        const all = new Set<number>([...inside, ...Object.values(listenerPorts)]);
        expect(all.size).toBe(64_000 + Object.keys(listenerPorts).length);
        expect(Math.min(...inside)).toBeGreaterThanOrEqual(1024);
        expect(Math.max(...all)).toBeLessThanOrEqual(65_535);
    });
});

describe("the anchor", () => {
    const { front, services } = settingsOf({
        services: {
            cache: { image: "cache", protocol: "tcp", port: 6379, listen: { port: 6379 } },
            mail: { image: "mail", protocol: "tcp", port: 25, listen: { port: 25 } },
        },
    });

    it("publishes the ports of TCP services, in the order of the inner ports", () => {
        const ports = publishedPorts(front).map(({ internal, external }) => [internal, external]);
        expect(ports).toEqual([
            [6379, 6379],
            [8080, 80],
            [8090, 8090],
            [8404, 8404],
            [8443, 443],
            [64_025, 25],
        ]);
        expect(fixedLabels(front)["relink.front.tcp.ports"]).toBe("25,6379");
        expect(Object.keys(fixedLabels(settingsOf(configWith()).front))).not.toContain("relink.front.tcp.ports");
    });

    it("is refused a port that it does not publish, with the next step", () => {
        const anchor = (labels: Record<string, string>) => ({ labels }) as ContainerInfo;
        expect(unpublishedPorts(anchor({ "relink.front.tcp.ports": "25,6379,7" }), services, [25, 6379])).toEqual([]);
        const [problem, ...more] = unpublishedPorts(anchor({ "relink.front.tcp.ports": "25" }), services, [25, 6379]);
        expect(more).toEqual([]);
        expect(problem).toContain("relink:services.cache.listen.port: the front does not publish port 6379");
        expect(problem).toContain("(25)");
        expect(problem).toContain("docs/moving.md");
        expect(unpublishedPorts(anchor({}), services, [25])[0]).toContain("none for TCP services");
    });
});

describe("the backend of a TCP service", () => {
    const spec: BackendSpec = {
        service: "cache",
        color: "blue",
        port: 6379,
        protocol: "tcp",
        sendProxy: "v2",
        health: {
            tcp: true,
            send: "PING\r\n",
            expect: '+P"ONG\n    use_backend x',
            host: "cache",
            status: { from: 200, to: 399 },
            intervalMs: 2000,
            timeoutMs: 2000,
            rise: 2,
            fall: 3,
        },
        slots: [{ number: 1, address: "10.89.0.17", enabled: true }],
    };

    it("passes on connections, and checks them by a conversation", async () => {
        await expect(renderBackend(spec)).toMatchFileSnapshot(golden("20-cache-blue.cfg"));
    });

    it("asks another port for a page", () => {
        const { send: _, expect: __, ...health } = spec.health;
        const text = renderBackend({
            ...spec,
            sendProxy: undefined,
            health: { ...health, tcp: false, path: "/", port: 81 },
        });
        expect(text).toContain("    mode tcp\n");
        expect(text).toContain("    http-check send meth GET uri / ver");
        expect(text).toContain("    default-server port 81\n");
        expect(text).not.toContain("send-proxy");
    });
});
