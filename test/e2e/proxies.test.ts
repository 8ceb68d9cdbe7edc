import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { BareFront } from "../support/BareFront";
import { isFull } from "../support/isFull";
import { caddy, nginx, publicHost, TlsProxy } from "../support/TlsProxy";

// Proxies that end TLS before the front, with what docs/moving.md gives them: an app that redirects to HTTPS does not do so
// for ever, and what a stranger claims does not reach it. Traefik and kamal-proxy cannot be had here.

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

let front: BareFront;
let proxy: TlsProxy;

beforeAll(async () => {
    front = await BareFront.start();
});

afterEach(() => proxy?.stop());

afterAll(() => front?.remove());

/** A program of Debian's, unpacked beside the others of the tests where it is not installed. */
async function debians(name: string): Promise<string> {
    const { ensureDebianProgram } = await import(join(__dirname, "../../toolchain/debianProgram.mjs"));
    const missing = `The test needs the program ${name} on PATH.`;
    return (await ensureDebianProgram({ name, packages: [name], missing })).binary;
}

describe.each([
    { name: "nginx", program: nginx, runs: true },
    { name: "caddy", program: caddy, runs: isFull },
])("$name before the front", ({ name, program, runs }) => {
    it.runIf(runs)("an app that forces HTTPS is reached, and nobody's claims reach it", async () => {
        await front.configure({});
        proxy = await TlsProxy.start(program(await debians(name)), `127.0.0.1:${front.ports.http}`);
        // The proxy is a stranger until the settings name it.
        expect(await proxy.visit("/https-only")).toMatchObject({ status: 301, redirects: 20 });

        await front.configure({ trustedProxies: [front.gateway] });
        // The connection that the proxy has kept gets one more answer by the settings of before, and is closed.
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
            expect(body).not.toMatch(/forged|198\.51\.100\.66/);
        }
    });
});
