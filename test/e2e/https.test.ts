import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectFailure, expectSuccess } from "../support/command";
import { HaltedRun, hostsOf } from "../support/HaltedRun";
import { fingerprintOf, HttpsStack, hosts } from "../support/HttpsStack";
import { isFull } from "../support/isFull";
import { lifeOf, oneAfterTheOther, outputsOf, underLoad } from "../support/scenario";
import { until } from "../support/until";

// One stack gets HTTPS, and goes through a service's life with it; the order matters.

const { shop, other, echo } = hosts;
const handshakes = { newConnection: 8, http2: 1 };
/** Handshakes before and after a change. */
const enough = 300;
const patienceMs = 30_000;

let https: HttpsStack;

beforeAll(async () => {
    https = await HttpsStack.create();
    expectSuccess(await https.up("without HTTPS"));
});

afterAll(() => https?.cleanup());

/** An `up` ends with this one error, before anything has changed. */
async function expectRefused(place: string, message: RegExp): Promise<void> {
    let printed = "";
    const changed = await https.changes(async () => {
        printed = expectFailure(await https.up(`refused: ${message}`));
    });
    expect(printed).toContain("1 setting is wrong in the config");
    expect(printed).toContain(place);
    expect(printed).toMatch(message);
    expect(changed).toEqual([]);
}

describe("A front with HTTPS", () => {
    oneAfterTheOther();

    it("gets HTTPS by an up that loses no request without TLS and keeps the anchor", async () => {
        const { stack, hunt } = https;
        const before = await https.anchor();
        await https.renewShop();
        stack.setConfig("front.https", { certificates: ["shop"] });
        const { stdout, stderr } = expectSuccess(await stack.preview());
        hunt.printed("preview", stdout + stderr);
        expect(stdout).toMatch(
            /shop *: "shop\.example\.com, echo\.example\.com; until \d{4}-\d\d-\d\d; sha256 \w{12}"/,
        );
        await underLoad("a front gets HTTPS", stack, async () => {
            expectSuccess(await https.up("HTTPS"));
        });
        expect(await https.anchor()).toEqual(before);
        expect(await https.visit()).toMatchObject({ status: 200, fingerprint: fingerprintOf(https.current) });
        expect((await stack.outputs()).certificates).toMatchObject({ shop: { hosts: [shop, echo] } });
        expect((await outputsOf(stack)).url).toBe(`https://127.0.0.1:${stack.ports.https}`);
    });

    it("tells an app that the client came over HTTPS", async () => {
        const { body } = await https.visit({ serverName: echo });
        expect(JSON.parse(body)).toMatchObject({ "x-forwarded-proto": "https", "x-forwarded-host": echo });
        const plain = await https.plainly(echo);
        expect(JSON.parse(plain?.body ?? "")).toMatchObject({ "x-forwarded-proto": "http" });
    });

    it.runIf(isFull)(
        "asks clients for certificates, tells the app whose they are, and goes on with releases",
        async () => {
            const { stack, authority } = https;
            writeFileSync(join(stack.path, "clients.pem"), authority.root);
            stack.setConfig("front.https.clientCa", "clients.pem");
            stack.setConfig("services.web.image", "relink-hello:v2");
            expectSuccess(await https.up("certificates of clients and a release"));
            const { certificate, key } = await https.issue({ hosts: ["alice"] });
            const client = { cert: `${certificate}\n${authority.intermediate}`, key };
            const headers = { "x-client-subject": "CN=eve", x_client_subject: "CN=eve" };
            const { body } = await https.visit({ serverName: echo, client, headers });
            expect(JSON.parse(body)).toMatchObject({ "x-client-subject": "CN=alice" });
            expect(body).not.toContain("eve");
            await expect(https.visit({ serverName: echo })).rejects.toThrow();
            expect((await https.plainly(echo))?.status).toBe(403);
            stack.setConfig("front.https.clientVerify", "optional");
            expectSuccess(await https.up("certificates of clients are optional"));
            expect(JSON.parse((await https.visit({ serverName: echo, headers })).body)).not.toHaveProperty(
                "x-client-subject",
            );
            stack.setConfig("front.https", { certificates: ["shop"] });
            stack.setConfig("services.web.image", "relink-hello:v1");
            expectSuccess(await https.up("no certificates of clients"));
        },
    );

    it("speaks TLS 1.2 and 1.3, and refuses 1.1", async () => {
        for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
            expect(await https.visit({ version })).toMatchObject({ status: 200, version });
        }
        // The front refuses it, not the client.
        await expect(https.visit({ version: "TLSv1.1" })).rejects.toThrow(/alert protocol version/);
    });

    it("releases and returns over HTTP/1.1, HTTP/2, WebSocket and new handshakes", async () => {
        const { stack } = https;
        const lanes = ["get", "post", "newConnection", "slow", "stream", "http2"] as const;
        stack.setConfig("services.web.image", "relink-hello:v2");
        const load = await underLoad(
            "release and return over TLS",
            stack,
            async load => {
                expectSuccess(await https.up("release"));
                await load.until(({ byVersion }) => (byVersion.v2?.requests ?? 0) >= 100, "v2 answers");
                await load.mark("return");
                stack.setConfig("services.web.image", "relink-hello:v1");
                const { stdout } = expectSuccess(await https.up("return"));
                expect(stdout).toContain("only the link moves green => blue");
                const { requests } = (await load.snapshot()).byVersion.v1!;
                await load.until(({ byVersion }) => byVersion.v1!.requests >= requests + 100, "v1 answers");
                await load.until(({ byLane }) => lanes.every(lane => (byLane[lane] ?? 0) > 5), "answers of each kind");
            },
            https.load(),
        );
        expect(load.phases.map(({ byVersion }) => Object.keys(byVersion).sort())).toEqual([
            ["v1", "v2"],
            ["v1", "v2"],
        ]);
        expect(load.webSockets).toMatchObject({ opened: 1, alive: 1 });
    });

    it("redirects requests without TLS, and loses none with TLS during a release", async () => {
        const { stack } = https;
        stack.setConfig("front.http.redirectToHttps", 308);
        stack.setConfig("front.https.hsts", "max-age=31536000");
        stack.setConfig("services.web.image", "relink-hello:v2");
        await underLoad(
            "a redirect and a release",
            stack,
            async load => {
                expectSuccess(await https.up("redirect"));
                await load.until(({ byVersion }) => (byVersion.v2?.requests ?? 0) >= 100, "v2 answers");
            },
            https.load(),
        );
        expect(await outputsOf(stack)).toMatchObject({ live: "green" });
        for (const [host, method] of [
            [shop, "GET"],
            [`${shop}:${stack.ports.http}`, "POST"],
        ] as const) {
            const redirect = await https.plainly(host, "/a/b?c=d", method);
            expect(redirect?.status).toBe(308);
            expect(redirect?.headers.get("location")).toBe(`https://${shop}:${stack.ports.https}/a/b?c=d`);
            expect(redirect?.headers.has("strict-transport-security")).toBe(false);
        }
        expect((await https.visit()).headers["strict-transport-security"]).toBe("max-age=31536000");
    });

    it("redirects other hosts, sets headers, and logs each request", async () => {
        const { stack, front } = https;
        stack.setConfig(["front", "redirects"], { "www.example.com": shop });
        stack.setConfig(["front", "responseHeaders"], { "x-frame-options": "DENY", "x-rate": "100 % 'self'" });
        stack.setConfig("front.accessLog", "json");
        await https.upUnderLoad("redirects, headers and a log");
        const redirect = await https.plainly("www.example.com", "/a/b?c=d");
        expect(redirect?.status).toBe(301);
        // One redirect is enough, although a request without TLS is redirected too.
        expect(redirect?.headers.get("location")).toBe(`https://${shop}:${stack.ports.https}/a/b?c=d`);
        expect(redirect?.headers.get("x-frame-options")).toBe("DENY");
        expect((await https.visit()).headers).toMatchObject({ "x-frame-options": "DENY", "x-rate": "100 % 'self'" });
        const { generations } = await front.observe();
        const logs = await front.engine.docker.getContainer(generations.at(-1)!.id).logs({ stdout: true, tail: 2_000 });
        const lines = logs.toString("utf8").match(/\{"time": .*\}/g) ?? [];
        expect(lines.length).toBeGreaterThan(100);
        const said = lines.map(line => JSON.parse(line) as Record<string, unknown>);
        expect(said.find(({ status }) => status === 301)).toMatchObject({ method: "GET", path: "/a/b", query: "?c=d" });
        expect(said.find(({ tls }) => tls !== "")).toMatchObject({ host: shop, service: "web", color: "green" });
        stack.setConfig("front.accessLog", undefined);
        stack.setConfig(["front", "redirects"], undefined);
        stack.setConfig(["front", "responseHeaders"], undefined);
        expectSuccess(await https.up("no rules"));
        expect((await https.visit()).headers).not.toHaveProperty("x-frame-options");
    });

    it("serves a changed certificate without a reload and without a failed handshake", async () => {
        const [workers, old] = [await https.workers(), await https.served()];
        await https.renewShop();
        const load = await underLoad(
            "a changed certificate",
            https.stack,
            async load => {
                await load.until(({ requests }) => requests >= enough, "handshakes before");
                expectSuccess(await https.up("a changed certificate"));
                expect(await https.served()).toBe(fingerprintOf(https.current));
                const { requests } = await load.snapshot();
                await load.until(now => now.requests >= requests + enough, "handshakes afterwards");
            },
            https.load(handshakes),
        );
        expect(old).not.toBe(fingerprintOf(https.current));
        expect(load.byLane.newConnection).toBeGreaterThan(enough);
        expect(await https.workers()).toEqual(workers);
    });

    it("serves the new certificate after HAProxy was killed, and a repeated up changes nothing", async () => {
        const { generations } = await https.front.observe();
        const generation = https.front.engine.docker.getContainer(generations.at(-1)!.id);
        const isServed = async () => (await https.served().catch(() => "")) === fingerprintOf(https.current);
        await generation.kill();
        await until(async () => ((await isServed()) ? true : undefined), {
            deadline: Date.now() + patienceMs,
            what: "HAProxy in the anchor, which stands in, does not serve the new certificate",
        });
        await generation.start();
        // The stand-in finishes its open requests by itself. An earlier `up` would tell it to, which is a change.
        await until(async () => ((await https.isServedByGeneration()) ? true : undefined), {
            deadline: Date.now() + patienceMs,
            what: "HAProxy is not back",
        });
        expect(await isServed()).toBe(true);
        const changed = await https.changes(async () => {
            const { stdout } = expectSuccess(await https.up("nothing to do"));
            expect(stdout).toMatch(/Resources:\n\s+\d+ unchanged/);
        });
        expect(changed).toEqual([]);
    });

    it("finishes a certificate change whose up died between HAProxy's file and its memory", async () => {
        const { stack, hunt } = https;
        const old = await https.served();
        await https.renewShop();
        await underLoad(
            "a changed certificate whose up dies",
            stack,
            async () => {
                const halted = await HaltedRun.at("front: certificates", stack);
                await halted.kill("both");
                hunt.printed("killed", halted.command.output());
                expectSuccess(await stack.pulumi(["cancel", "--yes"]));
                expect(await https.served()).toBe(old);
                expectSuccess(await https.up("after a kill"));
                expect(await https.served()).toBe(fingerprintOf(https.current));
            },
            https.load(handshakes),
        );
        expect(hostsOf(stack)).toEqual([]);
    });

    it("serves the former certificate again, after an up died while it brought another one", async () => {
        const { stack, hunt } = https;
        const [before, old] = [https.current!, await https.served()];
        await https.renewShop();
        const halted = await HaltedRun.at("front: certificates", stack);
        await halted.kill("both");
        hunt.printed("killed", halted.command.output());
        expectSuccess(await stack.pulumi(["cancel", "--yes"]));
        // HAProxy's file has the other certificate. Pulumi's state has the former one, which is set again.
        expect(await https.file("shop")).toContain(https.current!.certificate.trim());
        await https.setCertificate("shop", before.certificate, https.authority.intermediate, before.key);
        https.current = before;
        expectSuccess(await https.up("back at the former certificate"));
        expect(await https.served()).toBe(old);
        expect(await https.file("shop")).toContain(before.certificate.trim());
        const changed = await https.changes(async () => {
            expect(expectSuccess(await https.up("nothing to do")).stdout).toMatch(/Resources:\n\s+\d+ unchanged/);
        });
        expect(changed).toEqual([]);
    });

    it("serves two certificates by host, and one of them by default", async () => {
        const { stack } = https;
        const second = await https.give("other", { hosts: [other] });
        stack.setConfig("front.https.certificates", ["shop", "other"]);
        stack.setConfig("front.https.default", "other");
        await https.upUnderLoad("a second certificate");
        expect(await https.served(shop)).toBe(fingerprintOf(https.current));
        expect(await https.served(other)).toBe(fingerprintOf(second));
        expect(await https.served()).toBe(fingerprintOf(second));
        // npm run status cannot read the certificates, and does not need them.
        const { stdout } = expectSuccess(await stack.look("status", ["--json"]).result);
        expect(JSON.parse(stdout)).toMatchObject({ ok: true, problems: [] });
    });

    it("removes a certificate and its file when the settings no longer have it", async () => {
        const { stack } = https;
        expect(await https.file("other")).toContain("PRIVATE KEY");
        expectSuccess(await stack.pulumi(["config", "rm", "--path", "relink:certificates.other"]));
        stack.setConfig("front.https", { certificates: ["shop"] });
        await https.upUnderLoad("a removed certificate");
        expect(await https.served()).toBe(fingerprintOf(https.current));
        await expect(https.served(other)).rejects.toThrow(/does not match certificate's altnames/);
        expect(await https.file("other")).toBeUndefined();
        expect((await https.visit()).headers).not.toHaveProperty("strict-transport-security");
    });

    it("refuses a bad certificate: the error names it, and nothing changes", async () => {
        const state = async () => [await https.workers(), await https.served(), await https.file("shop")];
        const lives = async () => [await lifeOf(https.stack, "blue"), await lifeOf(https.stack, "green")];
        const before = [await state(), await lives()];
        const { root, intermediate } = https.authority;
        const [good, foreign] = [await https.issue({ hosts: [shop] }), await https.issue({ hosts: [shop] })];
        const expired = await https.issue({ hosts: [shop], fromSeconds: -7200, toSeconds: -3600 });
        const bad: [RegExp, string[]][] = [
            [/holds a key that is not the one of its first certificate/, [good.certificate, foreign.key]],
            [/has expired on 20/, [expired.certificate, intermediate, expired.key]],
            [/in the wrong order/, [good.certificate, root, intermediate, good.key]],
            [/holds no key/, [good.certificate, intermediate]],
        ];
        for (const [message, parts] of bad) {
            await https.setCertificate("shop", ...parts);
            await expectRefused("relink:certificates.shop", message);
        }
        await https.give("shop", { hosts: [shop] });
        await expectRefused(
            "relink:services.echo.hosts[0]",
            /no certificate of front\.https covers echo\.example\.com/,
        );
        // Only HAProxy knows that this key is too short.
        await https.give("shop", { hosts: [shop, echo], rsaBits: 1024 });
        const printed = expectFailure(await https.up("refused by HAProxy"));
        expect(printed).toMatch(/relink:certificates\.shop: HAProxy refuses this certificate[\s\S]*ee key too small/);
        expect([await state(), await lives()]).toEqual(before);
    });

    it("shows no part of a private key anywhere", async () => {
        const { hunt, stack, front } = https;
        expect(await hunt.found(stack, front)).toEqual([]);
        // The search finds the keys where they belong.
        expect(hunt.isIn((await https.file("shop")) ?? "")).toBe(true);
        expect(hunt.isIn(expectSuccess(await stack.pulumi(["stack", "export", "--show-secrets"])).stdout)).toBe(true);
    });
});
