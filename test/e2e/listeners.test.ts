import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Dialer, request } from "../../docker/dialer";
import { listenerPorts } from "../../front/listeners";
import { maxConnectionsOfAddress } from "../../front/origin";
import { LinkValue } from "../../model/LinkValue";
import { BareFront } from "../support/BareFront";
import { rawRequest } from "../support/rawRequest";

// Which headers the listeners believe, and which requests they refuse. Real HAProxy, and an app that returns what it got.

let front: BareFront;

beforeAll(async () => {
    front = await BareFront.start({}, ["*", "shop.example.com/api (stripped)"]);
});

afterAll(async () => {
    await front?.remove();
});

/** The longest name that DNS allows, with a port: the longest valid Host. */
const longestHost = `${Array.from({ length: 4 }, () => "h".repeat(62)).join(".")}.h:65535`;

describe("A request that nearly fills HAProxy's buffer", () => {
    const head = (host: string, length: number) => {
        const lines = ["GET /api/x HTTP/1.1", `host: ${host}`];
        return [...lines, `cookie: ${"c".repeat(length)}`];
    };
    /** @returns every status of requests whose heads nearly fill the buffer */
    const statuses = async (host: string) => {
        const seen = new Set<string>();
        for (let length = 13_500; length < 15_500; length += 10) {
            seen.add(String((await front.ask(head(host, length)))?.status));
        }
        return [...seen].sort();
    };

    // HAProxy reads 15,360 bytes and keeps 1,024 for the headers that it adds (tune.bufsize, tune.maxrewrite).
    it.each([
        ["a Host with 933 digits as its port", `shop.example.com:${"1".repeat(933)}`, ["400"]],
        ["the longest valid Host", longestHost, ["200", "400"]],
        ["a plain Host on a route that strips its path", "shop.example.com", ["200", "400"]],
    ])("is passed on or refused, and never counts as an error of the app: %s", async (_name, host, wanted) => {
        const before = await front.errors();
        expect(await statuses(host)).toEqual(wanted);
        expect(await front.errors()).toBe(before);
    });

    it("is refused by the preview listener too", async () => {
        const answer = await front.ask(["GET / HTTP/1.1", `host: web:${"1".repeat(933)}`], "preview");
        expect(answer?.status).toBe(400);
    });
});

describe("A request's headers about its client and its way", () => {
    const get = ["GET /api/x HTTP/1.1", "host: shop.example.com"];
    const forged = [
        "X-Forwarded-For: 203.0.113.7",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: evil.example.org",
        "X-Forwarded-Port: 443",
        "X-Forwarded-Prefix: /outer",
        "X-Forwarded-User: admin",
        "X-Real-IP: 203.0.113.7",
        "Forwarded: for=203.0.113.7;proto=https",
    ];
    const lookAlikes = [
        "X_Forwarded_Proto: https",
        "X-Forwarded_For: 1.2.3.4",
        "x.real_ip: 1.2.3.4",
        "X-Real_IP: 1.2.3.4",
    ];
    const others = ["api_key: kept", "X-Forwardedness: kept", "x_real_estate: kept"];
    /** @returns the headers of this kind that the app got, and those with a similar name */
    const got = async (lines: string[]) => {
        const { headers } = await front.mirrored(lines);
        return Object.fromEntries(Object.entries(headers).filter(([name]) => /forwarded|real|api/i.test(name)));
    };
    const kept = { api_key: "kept", "x-forwardedness": "kept", x_real_estate: "kept" };

    it("are replaced in every spelling, and other headers pass unchanged", async () => {
        expect(await got([...get, ...forged, ...lookAlikes, ...others])).toEqual({
            ...kept,
            "x-forwarded-for": front.gateway,
            "x-forwarded-proto": "http",
            "x-forwarded-host": "shop.example.com",
            "x-forwarded-prefix": "/api",
        });
    });

    it("are replaced if they do not come from a trusted proxy", async () => {
        await front.configure({ trustedProxies: ["192.0.2.10", "2001:db8::/32"] });
        expect(await got([...get, ...forged])).toMatchObject({
            "x-forwarded-for": front.gateway,
            "x-forwarded-proto": "http",
        });
    });

    it("are kept if they come from a trusted proxy, after a reload, but not in other spellings", async () => {
        await front.configure({ trustedProxies: ["2001:db8::/32", `${front.gateway}/32`] });
        expect(await got([...get, ...forged, ...lookAlikes, ...others])).toEqual({
            ...kept,
            "x-forwarded-for": `203.0.113.7, ${front.gateway}`,
            "x-forwarded-proto": "https",
            "x-forwarded-host": "evil.example.org",
            "x-forwarded-port": "443",
            "x-forwarded-prefix": "/outer/api",
            "x-forwarded-user": "admin",
            "x-real-ip": "203.0.113.7",
            forwarded: "for=203.0.113.7;proto=https",
        });
        expect(await got(get)).toEqual({
            "x-forwarded-for": front.gateway,
            "x-forwarded-proto": "http",
            "x-forwarded-host": "shop.example.com",
            "x-forwarded-prefix": "/api",
        });
        const long = await front.ask([...get, `X-Forwarded-Prefix: /${"p".repeat(1000)}`]);
        expect(long?.status).toBe(400);
    });

    it("decide a sticky share by the last address that is not a trusted proxy's", async () => {
        await front.configure({ trustedProxies: [front.gateway, "198.51.100.0/24"] });
        await front.link(LinkValue.to("blue").withPercent(50, "hash"));
        const colorsOf = async (forwardedFor: (request: number) => string) => {
            const before = await front.responses();
            for (let request = 0; request < 32; request++) {
                await front.mirrored([...get, `X-Forwarded-For: ${forwardedFor(request)}`]);
            }
            const after = await front.responses();
            return Object.keys(after).filter(backend => after[backend] !== before[backend]);
        };
        expect(await colorsOf(request => `203.0.113.${request}`)).toHaveLength(2);
        expect(await colorsOf(request => `203.0.113.${request}, 198.51.100.9`)).toHaveLength(2);
        expect(await colorsOf(request => `10.1.1.${request}, 203.0.113.7`)).toHaveLength(1);
        expect(await colorsOf(() => "nobody")).toHaveLength(1);
        await front.link(LinkValue.to("blue"));
    });
});

describe("Who reaches the preview and metrics listeners", () => {
    const listeners = [
        ["preview", listenerPorts.preview, ["GET / HTTP/1.1", "host: web.localhost"]],
        ["metrics", listenerPorts.metrics, ["GET /healthz HTTP/1.1", "host: x"]],
    ] as const;

    it.each(listeners)(
        "%s: the Docker host by 127.0.0.1 and by the anchor's address, and processes in the anchor",
        async (name, port, lines) => {
            expect((await front.ask([...lines], name))?.status).toBe(200);
            const dialer = new Dialer(front.engine, front.anchor);
            const inside = new Dialer(front.engine, front.anchor, ["perl", "socat", "nc"]);
            const [, path] = lines[0].split(" ");
            const headers = { host: lines[1].replace("host: ", "") };
            const wanted = { address: front.address, port, path: path ?? "", headers, timeoutMs: 5_000 };
            expect((await request(dialer, wanted)).status).toBe(200);
            expect((await request(inside, wanted)).status).toBe(200);
            expect(await front.askFrom("anchor", front.address, port, [...lines])).toContain("200");
            expect(await front.askFrom("anchor", "127.0.0.1", port, [...lines])).toContain("200");
        },
    );

    it.each(listeners)("%s: not the other containers of the front's network", async (_name, port, lines) => {
        expect(await front.askFrom("app", front.address, port, [...lines])).toMatch(/^$|ECONNRESET/);
        expect(await front.askFrom("app", front.address, listenerPorts.http, [...lines])).toContain("200");
    });

    it.each([
        ["web", 200],
        ["WEB.localhost:8090", 200],
        ["web.localhost", 200],
        ["web.evil.example.org", 404],
        ["web.localhost.evil.example.org", 404],
        ["webxlocalhost", 404],
        ["127.0.0.1:8090", 404],
        ["localhost", 404],
    ])("the preview listener finds a service by its name as host: %s is answered %i", async (host, status) => {
        expect((await front.ask(["GET / HTTP/1.1", `host: ${host}`], "preview"))?.status).toBe(status);
    });
});

describe("What the public listener refuses", () => {
    /** With a route's path, without it, without a host, and with the name of another host. */
    it.each(["shop.example.com/api", "shop.example.com/", "/api", "x/../shop.example.com"])(
        "a Host with a slash, which could stand for a route's path: %s",
        async host => {
            expect((await front.ask(["GET /x HTTP/1.1", `host: ${host}`]))?.status).toBe(400);
        },
    );

    it.each([
        String.raw`\evil.example.org`,
        String.raw`/\evil.example.org`,
        "%5Cevil.example.org",
        "%2f/evil.example.org",
    ])("a path that looks like the address of another host after its prefix is cut: /api/%s", async rest => {
        expect((await front.ask([`GET /api/${rest} HTTP/1.1`, "host: shop.example.com"]))?.status).toBe(400);
        // A route that cuts nothing passes such a path on.
        expect((await front.mirrored([`GET /${rest} HTTP/1.1`, "host: other.example.com"])).url).toBe(`/${rest}`);
    });

    it("HTTP/2 that was not agreed on by TLS", async () => {
        const answer = await rawRequest(front.ports.http, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
        expect(answer?.status).toBe(400);
    });

    it("connections of one address beyond its limit, while other addresses and trusted proxies go on", async () => {
        const patient = { timeouts: { httpKeepAlive: "5m", client: "5m" } };
        await front.configure(patient);
        const tried = maxConnectionsOfAddress + 50;
        expect(await front.connectFromApp(tried)).toEqual({ answered: maxConnectionsOfAddress, closed: 50 });
        await front.configure({ ...patient, trustedProxies: [front.app] });
        expect(await front.connectFromApp(tried)).toEqual({ answered: tried, closed: 0 });
    });
});
