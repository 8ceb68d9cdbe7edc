import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routeKey, routeValue } from "../../haproxy/routes";
import { assertEveryWorker } from "../../haproxy/WorkerResult";
import { LinkValue } from "../../model/LinkValue";
import { parseRoute } from "../../model/Route";
import {
    type Asked,
    ask,
    backendOf,
    createFront,
    folder,
    frontWhen,
    link,
    loaded,
    name,
    ports,
    removeFront,
    runtime,
    start,
    startHaproxy,
    workers,
    writeWeb,
} from "../support/haproxyOnDocker";
import { expectNoLoss } from "../support/load";

// Requests through HAProxy to a service with a link, a share and routes.

beforeAll(async () => {
    await createFront();
    await startHaproxy();
    await frontWhen(({ workers }) => workers.length === 1);
    await writeWeb();
    await runtime.reload("1");
    await frontWhen(({ workers }) =>
        workers.some(({ backends }) =>
            ["web-blue", "web-green"].every(color => backends.get(color)?.servers.get(1)?.up === true),
        ),
    );
});

afterAll(removeFront);

describe("A request through HAProxy", () => {
    it("names the color and release that answered only to a confirming request", async () => {
        await link("blue");
        const secret = randomBytes(16).toString("hex");
        const pair = { "x-relink-confirm": secret, "x-relink-service": "web" };
        const confirm = { color: "blue", release: "release-1", version: "v1", status: 200 };
        const unnamed = { color: undefined, release: undefined, status: 200 };
        expect(await ask(ports.http, { headers: pair })).toMatchObject(unnamed);

        assertEveryWorker("a secret", await runtime.addMap(await workers(), "confirm", secret, "web"));
        expect(await ask(ports.http, { headers: pair, host: "nobody.example.org" })).toMatchObject(confirm);
        expect(await ask(ports.preview, { headers: pair, host: "10.0.0.1:8090" })).toMatchObject({
            ...confirm,
            color: "green",
            release: "release-2",
            version: "v2",
        });
        // A secret without its service, another service, a service without a secret, a wrong secret.
        const guesses: Record<string, string>[] = [
            { "x-relink-confirm": secret },
            { "x-relink-confirm": secret, "x-relink-service": "shop" },
            { "x-relink-service": "web" },
            { "x-relink-confirm": `${secret}0`, "x-relink-service": "web" },
            { "x-relink-confirm": "", "x-relink-service": "" },
        ];
        for (const headers of guesses) {
            expect(await ask(ports.http, { headers })).toMatchObject(unnamed);
        }

        assertEveryWorker("no secret", await runtime.deleteMapEntry(await workers(), "confirm", secret));
        assertEveryWorker("no secret, again", await runtime.deleteMapEntry(await workers(), "confirm", secret));
        expect(await ask(ports.http, { headers: pair })).toMatchObject(unnamed);
    });

    it("gives a share of 25 % exactly every fourth request", async () => {
        await share(25);
        const versions: (string | undefined)[] = [];
        for (let request = 0; request < 40; request++) {
            versions.push((await ask(ports.http)).version);
        }
        const fourth = versions.indexOf("v2");
        expect(versions.map((version, index) => (version === "v2" ? index : -1)).filter(at => at >= 0)).toEqual(
            Array.from({ length: 10 }, (_, index) => fourth + 4 * index),
        );
        for (const percent of [33, 100]) {
            await share(percent);
            const load = await loaded({ connections: 16, mix: { post: 4, newConnection: 1 }, maxRequests: 3000 });
            await load.finished;
            const result = await load.stop();
            expectNoLoss(result, { atLeast: 3000, allowed: ["maxRequests"] });
            const wanted = (result.requests * percent) / 100;
            expect(Math.abs((result.byVersion.v2?.requests ?? 0) - wanted), `${percent} %`).toBeLessThanOrEqual(1);
        }
    });

    it("gives only a confirming request the color that it asks for", async () => {
        await share(1);
        const secret = randomBytes(16).toString("hex");
        const pair = { "x-relink-confirm": secret, "x-relink-service": "web" };
        assertEveryWorker("a secret", await runtime.addMap(await workers(), "confirm", secret, "web"));
        for (const [color, version] of [
            ["green", "v2"],
            ["blue", "v1"],
            ["green", "v2"],
        ] as const) {
            const headers = { ...pair, "x-relink-color": color };
            expect(await ask(ports.http, { headers })).toMatchObject({ color, version });
        }
        const strange = await ask(ports.http, { headers: { ...pair, "x-relink-color": "purple" } });
        expect(["blue", "green"]).toContain(strange.color);
        assertEveryWorker("no secret", await runtime.deleteMapEntry(await workers(), "confirm", secret));
        await link("blue");
        const headers = { ...pair, "x-relink-color": "green" };
        expect(await ask(ports.http, { headers })).toMatchObject({ color: undefined, version: "v1" });
    });

    it("sticky by cookie: a user stays on one color, and a share that grows keeps its users", async () => {
        await share(30, "cookie");
        const users: { cookie: string; version?: string }[] = [];
        for (let user = 0; user < 200; user++) {
            const { cookie, version } = await ask(ports.http);
            expect(cookie).toMatch(/^relink-visitor=[0-9a-f-]{36}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
            users.push({ cookie: cookie!.split(";")[0]!, version });
        }
        const versionsAt = async (percent: number) => {
            await share(percent, "cookie");
            const answers: Asked[] = [];
            for (const { cookie } of users) {
                answers.push(await ask(ports.http, { headers: { cookie: `a=b; ${cookie}; c=d` } }));
            }
            expect(answers.map(({ cookie }) => cookie).filter(Boolean)).toEqual([]);
            return answers.map(({ version }) => version);
        };
        const at30 = users.map(({ version }) => version);
        expect(await versionsAt(30)).toEqual(at30);
        const at60 = await versionsAt(60);
        expect(at30.filter((version, user) => version === "v2" && at60[user] !== "v2")).toEqual([]);
        for (const [versions, percent] of [
            [at30, 0.3],
            [at60, 0.6],
        ] as const) {
            const sigma = Math.sqrt(200 * percent * (1 - percent));
            const found = versions.filter(version => version === "v2").length;
            expect(Math.abs(found - 200 * percent)).toBeLessThanOrEqual(4 * sigma);
        }
        // Without a share, users get no cookie.
        await link("blue");
        expect((await ask(ports.http)).cookie).toBeUndefined();
    });

    it("sticky by hash: an address stays on one color", async () => {
        await share(50, "hash");
        const { version } = await ask(ports.http);
        for (let request = 0; request < 20; request++) {
            expect(await ask(ports.http)).toMatchObject({ version, cookie: undefined });
        }
        await share(100, "hash");
        expect((await ask(ports.http)).version).toBe("v2");
    });

    it("hides the confirming headers from the app, and the app's own x-relink headers from users", async () => {
        const echo = await startEcho();
        const secret = randomBytes(16).toString("hex");
        await folder.apply(files =>
            files.set("conf/20-echo-blue.cfg", backendOf("echo", "blue", 8080, [[1, echo, true]])),
        );
        await runtime.reload("1");
        const all = await workers();
        assertEveryWorker("link", await runtime.setMap(all, "link", "echo", LinkValue.to("blue")));
        assertEveryWorker("route", await runtime.setMap(all, "routes", "echo.example.com/", "echo"));
        assertEveryWorker("release", await runtime.setMap(all, "releases", "echo-blue", "release-9"));
        assertEveryWorker("secret", await runtime.setMap(all, "confirm", secret, "echo"));
        const pair = { "x-relink-confirm": secret, "x-relink-service": "echo" };
        await frontWhen(({ workers }) =>
            workers.some(({ backends }) => backends.get("echo-blue")?.servers.get(1)?.up === true),
        );

        const confirmed = await ask(ports.http, { headers: pair });
        expect(confirmed).toMatchObject({ status: 200, color: "blue", release: "release-9" });
        for (const headers of [pair, { "x-relink-confirm": "guess", "x-relink-service": "web" }]) {
            const answer = await ask(ports.http, { host: "echo.example.com", headers });
            const seen = JSON.parse(answer.body) as Record<string, string>;
            expect(Object.keys(seen).filter(header => header.startsWith("x-relink"))).toEqual([]);
            expect(seen).toMatchObject({ "x-forwarded-proto": "http", "x-forwarded-host": "echo.example.com" });
            expect(seen["x-forwarded-for"]).toMatch(/^[\d.]+$/);
        }
        expect(await ask(ports.http, { host: "echo.example.com" })).toMatchObject({
            color: undefined,
            release: undefined,
        });
    });

    it("finds the service of a host by the exact name, then by the wildcard, then by *", async () => {
        const all = await workers();
        await link("blue");
        for (const [host, service] of [
            ["*.example.com", "wild"],
            ["shop.example.com", "exact"],
            ["*", "web"],
        ] as const) {
            assertEveryWorker(host, await runtime.setMap(all, "routes", `${host}/`, service));
        }
        assertEveryWorker("echo", await runtime.setMap(all, "routes", "shop.example.com/", "echo"));
        const echoes = async (host: string) => (await ask(ports.http, { host })).version === undefined;
        const unlinked = async (host: string) => (await ask(ports.http, { host })).status === 503;
        for (const host of ["shop.example.com", "SHOP.example.COM:8080", "shop.example.com."]) {
            expect(await echoes(host), host).toBe(true);
        }
        for (const host of ["other.example.com", "*.example.com"]) {
            expect(await unlinked(host), host).toBe(true);
        }
        for (const host of ["example.com", "a.b.example.com", "localhost", "127.0.0.1:8080", "[::1]:8080", "*"]) {
            expect(await ask(ports.http, { host }), host).toMatchObject({ status: 200, version: "v1" });
        }
        for (const host of ["*.example.com", "shop.example.com"]) {
            assertEveryWorker(host, await runtime.deleteMapEntry(all, "routes", `${host}/`));
        }
        expect(await ask(ports.http, { host: "shop.example.com" })).toMatchObject({ version: "v1" });
    });

    it("finds the service of the longest path, strips the path where the route says so, and lets no request leave it", async () => {
        const all = await workers();
        await link("blue");
        const routes: [route: string, service: string][] = [
            ["*", "web"],
            ["shop.example.com", "web"],
            ["shop.example.com/api", "echo"],
            ["shop.example.com/api/v2 (stripped)", "echo"],
            ["shop.example.com/api/v2/old", "web"],
            ["*/only~1 (stripped)", "echo"],
        ];
        for (const [text, service] of routes) {
            const route = parseRoute(text);
            const result = await runtime.setMap(all, "routes", routeKey(route), routeValue(route, service));
            assertEveryWorker(text, result);
        }
        /** The service that answers, and what it was asked for. */
        const asked = async (path: string, host = "shop.example.com", headers?: Record<string, string>) => {
            const { status, version, body } = await ask(ports.http, { path, host, headers });
            if (version !== undefined || status !== 200) {
                return version === undefined ? status : "web";
            }
            const { url, "x-forwarded-prefix": prefix } = JSON.parse(body) as Record<string, string>;
            return prefix === undefined ? `echo ${url}` : `echo ${url} of ${prefix}`;
        };
        for (const [path, answer] of [
            ["/", "web"],
            ["/apix", "web"],
            ["/API", "web"],
            ["/api%2Fx", "web"],
            ["//api", "web"],
            ["/api", "echo /api"],
            ["/api/", "echo /api/"],
            ["/api?x=/api/v2", "echo /api?x=/api/v2"],
            ["/api/v20", "echo /api/v20"],
            ["/api/a%2Fb/...", "echo /api/a%2Fb/..."],
            ["/api/v2", "echo / of /api/v2"],
            ["/api/v2?a=1&b=2", "echo /?a=1&b=2 of /api/v2"],
            ["/api/v2/x%20y/", "echo /x%20y/ of /api/v2"],
            ["/api/v2//evil.example.org/x", "echo /evil.example.org/x of /api/v2"],
            ["/api/v2/old/x", "web"],
        ] as const) {
            expect(await asked(path), path).toBe(answer);
        }
        for (const dots of ["..", ".", "%2e%2E", ".%2e", "..;x=1", "..%2fx", "x%5c..", "x\\.."]) {
            expect(await asked(`/api/${dots}/x`), dots).toBe(400);
            expect(await asked(`/api/v2/${dots}`), dots).toBe(400);
            // A path that no route has is passed on unchanged.
            expect(await asked(`/apix/${dots}/api`), dots).toBe("web");
        }
        expect(await asked("/only~1/x", "elsewhere.example.org")).toBe("echo /x of /only~1");
        expect(await asked("/only~1/x")).toBe("web");
        const forged = { "x-forwarded-prefix": "/evil" };
        expect(await asked("/api/v2/x", "shop.example.com", forged)).toBe("echo /x of /api/v2");

        for (const [text] of routes.slice(1)) {
            assertEveryWorker(text, await runtime.deleteMapEntry(all, "routes", routeKey(parseRoute(text))));
        }
        expect(await asked("/api/v2")).toBe("web");
    });
});

/** A service that answers with the headers that it got, and sets relink's own headers in its answers. */
async function startEcho(): Promise<string> {
    const script = `require("http").createServer((request, response) => {
        response.setHeader("x-relink-color", "purple");
        response.setHeader("x-relink-release", "mine");
        response.end(JSON.stringify({ ...request.headers, url: request.url }));
    }).listen(8080)`;
    return start(`${name}-echo`, "node:24-slim", {
        Entrypoint: ["node", "-e", script],
        HostConfig: { NetworkMode: name, Init: true },
    });
}

/** Blue is live, and green gets a share. */
function share(percent: number, sticky: LinkValue["sticky"] = "none"): Promise<void> {
    return link("blue", LinkValue.to("blue").withPercent(percent, sticky));
}
