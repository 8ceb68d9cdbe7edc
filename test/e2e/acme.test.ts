import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Phase } from "../../up/phases";
import { AcmeStack, keysOf, said, shop } from "../support/AcmeStack";
import { expectFailure, expectSuccess } from "../support/command";
import { HaltedRun } from "../support/HaltedRun";
import { isFull } from "../support/isFull";
import { rawRequest } from "../support/rawRequest";
import { lifeOf, oneAfterTheOther, outputsOf, underLoad, webStack } from "../support/scenario";
import { tlsVisit } from "../support/tlsVisit";

// One stack gets certificates from Pebble, a real ACME server, and renews them; the order matters. Where an `up` dies, and what an
// authority that is down leaves, test/unit/up/certificates.test.ts and test/simulation show too.

/** Where an `up` that orders a certificate dies. */
const steps: Phase[] = [
    "certificate: account",
    "certificate: key",
    "certificate: order",
    "certificate: challenge",
    "certificate: issued",
];

/** Lifetimes by profile, seconds. */
const profiles = { default: 90 * 24 * 3600, minute: 60 };
/** How long a certificate of a minute is renewed under load, milliseconds. */
const renewingMs = 75_000;

let acme: AcmeStack;

beforeAll(async () => {
    acme = await AcmeStack.create({ profiles, badNonces: 20 });
});

afterAll(() => acme?.cleanup());

describe("A front with certificates by ACME", () => {
    oneAfterTheOther();

    it("has one before its first link opens, although a fifth of the nonces is refused", async () => {
        const { stack } = acme;
        const preview = said(await stack.preview());
        expect(preview).toContain("gets a certificate for shop.example.com from localhost:");
        said(await acme.up());
        expect(await acme.visit()).toMatchObject({ status: 200 });
        expect((await outputsOf(stack)).url).toBe(`https://${shop}:${stack.ports.https}`);
        const { certificates } = await stack.outputs();
        expect(certificates).toMatchObject({ [shop]: { hosts: [shop], renewAfter: expect.stringMatching(/^20/) } });
        expect(said(await acme.up())).toMatch(/Resources:\n\s+\d+ unchanged/);
    });

    it("is left alone by a renewal that is not due, which says so", async () => {
        const before = [await acme.visit(), await acme.workers()];
        expect(said(await acme.renew())).toMatch(
            /^shop\.example\.com: ends on 20\S+, to be renewed after 20\S+\nNo certificate is due: nothing was done\.$/m,
        );
        const after = [await acme.visit(), await acme.workers()];
        expect(after).toMatchObject([{ fingerprint: (before[0] as { fingerprint: string }).fingerprint }, before[1]!]);
    });

    it("gets another certificate when its authority asks for that (ARI), without a reload and a lost request", async () => {
        const { stack } = acme;
        const [workers, life] = [await acme.workers(), await lifeOf(stack, "blue")];
        const { fingerprint } = await acme.visit();
        await acme.suggest(shop, -7200, -3600);
        await underLoad(
            "a renewal that the authority asks for",
            stack,
            async () => {
                expect(said(await acme.renew())).toMatch(/^shop\.example\.com: renewed; ends on 20/m);
            },
            await acme.load(),
        );
        expect((await acme.visit()).fingerprint).not.toBe(fingerprint);
        expect([await acme.workers(), await lifeOf(stack, "blue")]).toEqual([workers, life]);
        expect(said(await acme.renew())).toContain("No certificate is due");
        expect(said(await acme.up())).toMatch(/Resources:\n\s+\d+ unchanged/);
    });

    it.runIf(isFull).each(steps)("goes on with the keys of an up that died at %s", async step => {
        const host = `${step.replace(/\W+/g, "-")}.example.com`;
        acme.setHosts(shop, host);
        if (step === "certificate: account") {
            acme.setAcme({ directory: `${acme.pebble.directory}?again` });
        }
        const halted = await HaltedRun.at(step, acme.stack);
        await halted.kill("both");
        expectSuccess(await acme.stack.pulumi(["cancel", "--yes"]));
        const before = keysOf(await acme.recorded());
        said(await acme.up());
        const after = keysOf(await acme.recorded());
        expect(after).toMatchObject(step === "certificate: account" ? {} : before);
        expect(await acme.visit(host)).toMatchObject({ status: 200 });
    });

    it("opens no route of a host that the authority refuses, says why, and releases the other services", async () => {
        const { stack, pebble } = acme;
        acme.setAcme({});
        acme.setHosts(shop);
        said(await acme.up());
        const life = await lifeOf(stack, "blue");
        await pebble.misplace("elsewhere.example.com");
        const another = (host: string) => webStack({ hosts: [host], replicas: 1 }).services?.web;
        stack.setConfig("services.elsewhere", another("elsewhere.example.com"));
        stack.setConfig("services.other", another("other.example.com"));
        await underLoad(
            "a host that the authority refuses",
            stack,
            async () => {
                const printed = expectFailure(await acme.up());
                expect(printed).toMatch(
                    /elsewhere: nothing was switched and no route has opened, because there is no certificate yet:\s+elsewhere\.example\.com: localhost:\d+: .*127\.0\.0\.77:\d+: connect: connection refused/,
                );
            },
            await acme.load(),
        );
        expect(await lifeOf(stack, "blue")).toEqual(life);
        expect(await acme.visit("other.example.com")).toMatchObject({ status: 200 });
        const { services } = await stack.outputs();
        expect(services).toMatchObject({ elsewhere: { live: "none" }, other: { live: "blue" } });
        stack.setConfig("services.elsewhere", undefined);
        stack.setConfig("services.other", undefined);
        said(await acme.up());
    });

    it("redirects to HTTPS, but not what an authority asks", async () => {
        const { stack } = acme;
        stack.setConfig("front.http.redirectToHttps", 308);
        acme.setHosts(shop, "new.example.com");
        said(await acme.up());
        expect(await acme.visit("new.example.com")).toMatchObject({ status: 200 });
        const plainly = async (path: string) => {
            const head = `GET ${path} HTTP/1.1\r\nHost: ${shop}\r\nConnection: close\r\n\r\n`;
            return (await rawRequest(stack.ports.http, head))?.status;
        };
        expect(await plainly("/")).toBe(308);
        // No challenge is left: the app answers.
        expect(await plainly("/.well-known/acme-challenge/x")).not.toBe(308);
    });

    it.runIf(isFull)("has a certificate for a wildcard, by a command that changes DNS", async () => {
        acme.setAcme({ dnsHook: acme.pebble.dnsHook });
        acme.setHosts(shop, "*.shop.example.com");
        said(await acme.up());
        expect(await acme.visit("any.shop.example.com")).toMatchObject({ status: 200 });
    });

    it.runIf(isFull)("keeps the certificate that it has while its authority is down, and says so", async () => {
        const { stack, pebble } = acme;
        acme.setHosts(shop);
        acme.setAcme({ profile: "minute", renewAt: "1h" });
        said(await acme.up());
        const before = await acme.visit();
        const root = await pebble.root();
        await pebble.down();
        const renewal = await acme.renew();
        expect(renewal.code).toBe(3);
        expect(renewal.stdout).toMatch(
            /^shop\.example\.com: NOT renewed: localhost:\d+: connect ECONNREFUSED .*\. The one before stays; it ends on 20/m,
        );
        expect(said(await acme.up())).toMatch(
            /warning: the certificate for shop\.example\.com was not renewed: localhost:\d+: connect ECONNREFUSED/,
        );
        const { ports } = stack;

        expect(await tlsVisit(ports.https, { ca: root, serverName: shop })).toMatchObject({
            fingerprint: before.fingerprint,
        });
    });

    it.runIf(isFull)("renews a certificate of a minute under load again and again: no handshake fails", async () => {
        await acme.restart();
        acme.setAcme({ profile: "minute", renewAt: "40s" });
        expect(said(await acme.renew())).toContain("shop.example.com: renewed");
        const workers = await acme.workers();
        const seen = new Set([(await acme.visit()).fingerprint]);
        await underLoad(
            "certificates of a minute",
            acme.stack,
            async load => {
                const end = Date.now() + renewingMs;
                while (Date.now() < end) {
                    said(await acme.renew());
                    seen.add((await acme.visit()).fingerprint);
                    const { requests } = await load.snapshot();
                    await load.until(now => now.requests >= requests + 300, "handshakes");
                }
            },
            await acme.load(),
        );
        console.log(`${seen.size} certificates of a minute were served`);
        expect(seen.size).toBeGreaterThanOrEqual(3);
        expect(await acme.workers()).toEqual(workers);
    });

    it("has a certificate that relink signs itself, for development", async () => {
        const { stack } = acme;
        stack.setConfig("front.https", { selfSigned: true });
        stack.setConfig("front.http.redirectToHttps", undefined);
        said(await acme.up());
        const { certificates } = await acme.recorded();
        const { pem = "" } = certificates.get("_self-signed")?.issued ?? {};
        const visit = await tlsVisit(stack.ports.https, { ca: pem, serverName: shop });
        expect(visit).toMatchObject({ status: 200 });
        expect(await tlsVisit(stack.ports.https, { ca: pem, serverName: "localhost" })).toMatchObject({
            fingerprint: visit.fingerprint,
        });
        expect(said(await acme.up())).toMatch(/Resources:\n\s+\d+ unchanged/);
        expect(said(await acme.renew())).toContain("No certificate is due");
    });

    it("shows no part of a key to anybody", async () => {
        const { hunt, stack, front } = acme;
        expect(await hunt.found(stack, front)).toEqual([]);
        // The search does find them where they are.
        expect(hunt.isIn(JSON.stringify([...(await acme.recorded()).certificates.values()]))).toBe(true);
    });
});
