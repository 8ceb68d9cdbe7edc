import { resolve } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { BareFront } from "../support/BareFront";
import { isFull } from "../support/isFull";
import { debians, traefiks } from "../support/proxyBinaries";
import { caddy, kamalProxy, nginx, publicHost, traefik } from "../support/proxyPrograms";
import { TlsProxy } from "../support/TlsProxy";

// Proxies that end TLS before the front, configured as in docs/moving.md. An app that forces HTTPS must not redirect for
// ever, and forged headers of clients must not reach it.

const forged = {
    "X-Forwarded-For": "198.51.100.66",
    "X-Forwarded-Proto": "forged",
    "X-Forwarded-Host": "forged.example.org",
    "X-Forwarded-Port": "66",
    "X-Forwarded-Prefix": "/forged",
    "X-Real-IP": "198.51.100.66",
    X_Forwarded_Proto: "forged",
    "X-Forwarded_Host": "forged.example.org",
    Forwarded: "for=198.51.100.66;host=forged",
};

/** The Go module proxy does not give kamal-proxy out, so the tests do not build it. */
const kamalProxyPath = process.env.RELINK_BENCH_KAMAL_PROXY;

let front: BareFront;
let proxy: TlsProxy;

beforeAll(async () => {
    front = await BareFront.start();
});

afterEach(() => proxy?.stop());

afterAll(() => front?.remove());

describe.each([
    { name: "nginx", get: async () => nginx(await debians("nginx")), runs: true },
    { name: "Caddy", get: async () => caddy(await debians("caddy")), runs: isFull },
    { name: "Traefik", get: async () => traefik(await traefiks()), runs: isFull },
    {
        name: "kamal-proxy",
        get: async () => kamalProxy(resolve(kamalProxyPath!)),
        runs: isFull,
        missing: kamalProxyPath === undefined ? "RELINK_BENCH_KAMAL_PROXY is not the path of a kamal-proxy" : undefined,
        passesOn: ["x-forwarded-port", "x-forwarded-prefix", "x-real-ip"],
    },
    // The set-up may have to build Traefik first.
])("$name before the front", { timeout: 40 * 60_000 }, ({ get, runs, missing, passesOn = [] }) => {
    it.runIf(runs)("an app that forces HTTPS is reached, and forged headers do not reach it", async ({ skip }) => {
        skip(missing !== undefined, missing);
        const program = await get();
        await front.configure({});
        proxy = await TlsProxy.start(program, `127.0.0.1:${front.ports.http}`);
        // The front does not trust the proxy until the settings name it.
        expect(await proxy.visit("/https-only")).toMatchObject({ status: 301, redirects: 20 });

        await front.configure({ trustedProxies: [front.gateway] });
        // The proxy's kept connection gets one more answer by the old settings, and is closed.
        expect(await proxy.visit("/https-only")).toMatchObject({ status: 200 });
        const visits = await Promise.all(Array.from({ length: 50 }, () => proxy.visit("/https-only", forged)));
        for (const { status, redirects, body } of visits) {
            expect({ status, redirects }).toEqual({ status: 200, redirects: 0 });
            const { headers } = JSON.parse(body) as { headers: Record<string, string> };
            expect(headers).toMatchObject({
                "x-forwarded-for": `127.0.0.1, ${front.gateway}`,
                "x-forwarded-proto": "https",
                "x-forwarded-host": publicHost,
            });
            const isClaimed = (name: string) => /forged|198\.51\.100\.66|^66\b/.test(headers[name]!);
            expect(Object.keys(headers).filter(isClaimed).sort()).toEqual(passesOn);
        }
    });
});
