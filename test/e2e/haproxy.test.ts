import { randomBytes, randomUUID } from "node:crypto";
import * as http from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../docker/Engine";
import { exec } from "../../docker/exec";
import { inspectNetwork } from "../../docker/networks";
import { renderBackend, renderFrontends, renderGlobal } from "../../front/configuration";
import { type Applied, ConfigFolder, ConfigRejected } from "../../front/folder";
import { LiveFiles } from "../../front/LiveFiles";
import type { NearAddresses } from "../../front/origin";
import { type EarnedSlot, EarnedUp } from "../../haproxy/earned";
import { emptyMaps, readMap, writeMapEntry } from "../../haproxy/maps";
import { routeKey, routeValue } from "../../haproxy/routes";
import { Runtime } from "../../haproxy/runtime";
import { assertEveryWorker } from "../../haproxy/WorkerResult";
import type { Color } from "../../model/Color";
import type { FrontState, Worker } from "../../model/FrontState";
import { LinkValue } from "../../model/LinkValue";
import { parseRoute } from "../../model/Route";
import type { World } from "../../model/World";
import { drained, openOn } from "../../plan/drain";
import { findFreePorts, type StackPorts } from "../support/freePorts";
import { frontTimeouts as timeouts } from "../support/frontTimeouts";
import { expectNoLoss, type LoadOptions, type LoadRun, startLoad } from "../support/load";
import { haproxyImage } from "../support/scenario";

// Real HAProxy in real containers, laid out as a front is: an anchor with the volumes and the ports, a generation in
// its network namespace, and two colors of the sample app.
const testedImage = haproxyImage;
const name = `relink-haproxy-${randomUUID().slice(0, 8)}`;
const engine = Engine.connect();
const { docker } = engine;
const run = (container: string) => (argv: string[], stdin?: Buffer | string) =>
    exec(engine, container, argv, { stdin, user: "0" });
const runtime = new Runtime(run(name));
const folder = new ConfigFolder(run(name), run(name));
const loads: LoadRun[] = [];

let ports: StackPorts;
let near: NearAddresses;
/** Address of each container, by `web-blue-1`. */
const addresses = new Map<string, string>();
let nowhere: string;

beforeAll(async () => {
    ports = await findFreePorts();
    await docker.createNetwork({ Name: name, Labels: { "relink.test": name } });
    const binds = [`${name}-config:/relink/config`, `${name}-run:/relink/run`];
    const publish = (port: number) => [{ HostIp: "127.0.0.1", HostPort: String(port) }];
    const anchor = await start(name, testedImage, {
        Entrypoint: ["sleep", "infinity"],
        User: "0",
        ExposedPorts: { "8080/tcp": {}, "8090/tcp": {}, "8404/tcp": {} },
        HostConfig: {
            Init: true,
            NetworkMode: name,
            Binds: binds,
            PortBindings: {
                "8080/tcp": publish(ports.http),
                "8090/tcp": publish(ports.preview),
                "8404/tcp": publish(ports.metrics),
            },
        },
    });
    near = { gateway: (await inspectNetwork(engine, name))?.gateway ?? "", anchor };
    await run(name)(["chown", "99:99", "/relink/run"]);
    for (const [app, version] of [
        ["web-blue-1", "v1"],
        ["web-green-1", "v2"],
        ["web-blue-2", "v1"],
    ] as const) {
        addresses.set(
            app,
            await start(`${name}-${app}`, `relink-hello:${version}`, { HostConfig: { NetworkMode: name } }),
        );
    }
    const last = addresses.get("web-blue-2")!.split(".");
    nowhere = [...last.slice(0, 3), "250"].join(".");
});

afterAll(async () => {
    for (const load of loads) {
        load.kill();
    }
    const containers = await docker.listContainers({ all: true, filters: { label: [`relink.test=${name}`] } });
    await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
    for (const volume of [`${name}-config`, `${name}-run`]) {
        await docker
            .getVolume(volume)
            .remove()
            .catch(() => {});
    }
    await docker
        .getNetwork(name)
        .remove()
        .catch(() => {});
});

describe("HAProxy, configured and linked by relink", () => {
    it("answers 404, its health page and its metrics while it has no service", async () => {
        const applied = await folder.apply(
            () =>
                new Map([
                    ...emptyMaps(),
                    ["conf/00-global.cfg", renderGlobal({ name, timeouts })],
                    ["conf/10-frontends.cfg", renderFrontends({ name, trustedProxies: [] }, near)],
                ]),
        );
        expect(applied).toMatchObject({ version: 1, changed: true, reloadNeeded: true });
        await start(`${name}-gen-1`, testedImage, {
            Cmd: [
                "haproxy -W -db -f /relink/config/current/conf".split(" "),
                ["-S", "/relink/run/master-1.sock,mode,600,level,admin"],
            ].flat(),
            HostConfig: {
                NetworkMode: `container:${name}`,
                Binds: [`${name}-config:/relink/config:ro`, `${name}-run:/relink/run`],
            },
        });
        const front = await frontWhen(({ workers }) => workers.length === 1);

        expect(front.generations).toMatchObject([{ name: "1", reloads: 0, failedReloads: 0 }]);
        expect(front.workers[0]).toMatchObject({ generation: "1", old: false, configHash: applied.hash });
        expect(await ask(ports.http)).toMatchObject({ status: 404, body: "no service for this host and path\n" });
        expect(await ask(ports.preview, { host: "web" })).toMatchObject({
            status: 404,
            body: "no service of this name\n",
        });
        expect(await ask(ports.metrics, { path: "/healthz" })).toMatchObject({ status: 200 });
        expect((await ask(ports.metrics, { path: "/metrics" })).body).toContain("haproxy_process_");
    });

    it("gets a service by one reload: without a link it answers 503 with a hint, and the idle color answers previews", async () => {
        const applied = await folder.apply(files => {
            for (const color of ["blue", "green"] as const) {
                files.set(`conf/20-web-${color}.cfg`, backend(color, 1));
            }
            writeMapEntry(files, "link", "web", LinkValue.none());
            writeMapEntry(files, "routes", "*/", "web");
            writeMapEntry(files, "releases", "web-blue", "release-1");
            writeMapEntry(files, "releases", "web-green", "release-2");
            return files;
        });
        expect(applied).toMatchObject({ version: 2, changed: true, reloadNeeded: true });
        expect((await workers())[0]!.configHash).not.toBe(applied.hash);

        await runtime.reload("1");

        const [worker] = await workers();
        expect(worker).toMatchObject({ configHash: applied.hash });
        expect(worker!.links.get("web")!.toString()).toBe("none:blue:0");
        expect(worker!.routes).toEqual(new Map([["*/", "web"]]));
        expect(worker!.releases.get("web-green")).toBe("release-2");
        const answer = await ask(ports.http);
        expect(answer.status).toBe(503);
        expect(answer.body).toContain("not linked");
        expect(await ask(ports.preview, { host: "web.localhost:8090" })).toMatchObject({ status: 200, version: "v1" });
    });

    it("does not write, check or reload anything when nothing changed", async () => {
        expect(await folder.apply(files => files)).toMatchObject({ version: 2, changed: false });
    });

    it("takes a slot of the idle color for UP only after its checks have passed", async () => {
        const earned = new EarnedUp(runtime, "web-green", [1]);
        await earned.enter(await workers());
        const [stage] = earned.state(await workers());
        expect(stage).toMatchObject({ slot: 1, reset: false });
        await earn(earned);
        await earned.finish(await workers());
        const [worker] = await workers();
        expect(worker!.backends.get("web-green")!.servers.get(1)).toMatchObject({
            status: "UP",
            admin: "ready",
            up: true,
        });
    });

    it("keeps a slot down where nothing listens, even when the slot is set ready", async () => {
        const [worker] = await workers();
        const added = new EarnedUp(runtime, "web-green", [3]);
        expect(added.state([worker!])).toMatchObject([{ reset: true, up: false }]);
        await added.enter([worker!]);
        const before = (await workers())[0]!.backends.get("web-green")!.servers.get(3)!;
        // HAProxy says itself when a check has failed.
        const after = await frontWhen(({ workers }) =>
            workers[0]!.backends.get("web-green")!.servers.get(3)!.checkStatus.startsWith("L4"),
        );
        expect(before.up).toBe(false);
        expect(added.state(after.workers)).toMatchObject([{ up: false, reset: false }]);
        await added.finish(await workers());
        const [ready] = await workers();
        expect(ready!.backends.get("web-green")!.servers.get(3)).toMatchObject({ up: false, admin: "ready" });
        expect(added.state([ready!])[0]!.check).toMatch(/^DOWN L4/);
        assertEveryWorker("maint", await runtime.setServer([ready!], "web-green", 3, { state: "maint" }));
    });

    it("moves the link under load, back and forth, and loses no request", async () => {
        await link("blue");
        const load = await loaded({ connections: 16, maxSeconds: 60 });
        for (const [index, color] of (["green", "blue", "green", "blue"] as const).entries()) {
            await load.mark(`to ${color}`);
            const { requests } = await load.snapshot();
            await link(color);
            await load.until(counts => counts.requests > requests + 1500, `load after switch ${index}`);
        }
        const result = await load.stop();
        expectNoLoss(result, { atLeast: 6000 });
        const versions = result.phases.map(({ byVersion }) => Object.keys(byVersion));
        expect(versions.flat()).toEqual(expect.arrayContaining(["v1", "v2"]));
    });

    it("counts the requests that are open on a color until it is drained", async () => {
        await link("blue");
        const slow = ask(ports.http, { path: "/slow?ms=1500" });
        await frontWhen(({ workers }) => openOn(workers, "web-blue").requests === 1);
        await link("green");
        const { workers: all } = await runtime.observe();
        expect(openOn(all, "web-blue")).toMatchObject({ requests: 1, perWorker: [{ old: false, requests: 1 }] });
        expect(openOn(all, "web-blue", [1]).requests).toBe(1);
        expect(openOn(all, "web-green").requests).toBe(0);
        expect(await slow).toMatchObject({ status: 200, version: "v1" });
        const samples = [];
        do {
            samples.push({
                atMs: performance.now(),
                requests: openOn((await runtime.observe()).workers, "web-blue").requests,
            });
            await pause(100);
        } while (!drained(samples));
        expect(samples.length).toBeGreaterThanOrEqual(3);
    });

    it("cuts the open requests of a slot on command", async () => {
        await link("blue");
        const slow = ask(ports.http, { path: "/slow?ms=20000" }).catch(() => "cut");
        await frontWhen(({ workers }) => openOn(workers, "web-blue").requests === 1);
        const [worker] = await workers();
        expect(await runtime.shutdownSessions(worker!, "web-blue", 1)).toMatchObject({ ok: true, gone: false });
        expect(await slow).toBe("cut");
    });

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

    it("gives one more slot of the live color requests only after its checks have passed, under load", async () => {
        await link("blue");
        const load = await loaded({ connections: 8, maxSeconds: 60 });
        const earned = new EarnedUp(runtime, "web-blue", [2]);
        await earned.enter(await workers());
        await earn(earned);
        const [before] = await workers();
        expect(before!.backends.get("web-blue")!.servers.get(2)).toMatchObject({ stot: 0, status: "DRAIN", up: true });
        await earned.finish(await workers());
        await frontWhen(({ workers }) =>
            workers.some(worker => worker.backends.get("web-blue")!.servers.get(2)!.stot > 100),
        );
        const result = await load.stop();
        expectNoLoss(result, { atLeast: 500 });
    });

    it("goes on serving through a reload under load, and shows the soft-stopped worker as old", async () => {
        await link("blue");
        const load = await loaded({ connections: 12, maxSeconds: 60 });
        const oldWorker = (front: FrontState) => front.workers.some(({ old }) => old);
        const before = await workers();
        const { requests } = await load.snapshot();
        await load.mark("reload");
        await runtime.reload("1");
        const front = await frontWhen(oldWorker);
        expect(front.workers.map(({ pid }) => pid)).toContain(before[0]!.pid);
        expect(front.workers.filter(({ old }) => !old)).toHaveLength(1);
        const refused = await runtime.setServer(
            front.workers.filter(({ old }) => old),
            "web-green",
            1,
            { state: "maint" },
        );
        expect(refused).toMatchObject([{ ok: false, error: expect.stringContaining("disabled") }]);
        // A switch reaches the old worker too.
        const moved = await runtime.setMap(front.workers, "link", "web", LinkValue.to("green"));
        expect(moved.map(({ ok, gone }) => ({ ok, gone }))).toEqual(
            front.workers.map(() => ({ ok: true, gone: false })),
        );
        await load.until(counts => counts.requests > requests + 2000, "load after the reload");
        const result = await load.stop();
        expectNoLoss(result, { atLeast: 2000 });
        const after = await frontWhen(({ workers }) => workers.length === 1);
        expect(after.generations).toMatchObject([{ failedReloads: 0 }]);
    });

    it("keeps users on their color through a reload for another service, although somebody edited the map file", async () => {
        await link("blue");
        const byHand = "sed -i 's/^web .*/web green:blue:0/' /relink/config/current/maps/link.map";
        expect(await run(name)(["sh", "-c", byHand])).toMatchObject({ exitCode: 0 });
        const load = await loaded({ connections: 8, maxSeconds: 60 });
        const { requests } = await load.snapshot();
        const files = new LiveFiles(folder, runtime, async () => worldOf(await runtime.observe()));
        await files.change(files => files.set("conf/20-other-blue.cfg", backendOf("other", "blue", 8080, [])));
        await load.until(counts => counts.requests > requests + 1000, "load after the reload");
        const { byVersion } = await load.stop();
        expect(Object.keys(byVersion)).toEqual(["v1"]);
        expect(readMap(await folder.read(), "link").get("web")).toBe("blue:green:0");
        await folder.apply(files => {
            files.delete("conf/20-other-blue.cfg");
            return files;
        });
        await runtime.reload("1");
    });

    it("reports a worker that has gone instead of failing", async () => {
        const [worker] = await workers();
        const gone = { ...worker!, pid: 4_000_000 };
        const dead = { ...worker!, generation: "9", socket: "/relink/run/master-9.sock" };
        expect(await runtime.setMap([worker!, gone, dead], "link", "web", LinkValue.to("blue"))).toMatchObject([
            { ok: true, gone: false },
            { ok: true, gone: true },
            { ok: true, gone: true },
        ]);
    });

    it("shows that a worker runs another configuration than the folder holds", async () => {
        const slower = renderGlobal({ name, timeouts: { ...timeouts, serverMs: 60_000 } });
        const applied = await folder.apply(files => files.set("conf/00-global.cfg", slower));
        expect(applied.reloadNeeded).toBe(true);
        expect((await workers())[0]!.configHash).not.toBe(applied.hash);
        await runtime.reload("1");
        expect((await workers())[0]!.configHash).toBe(applied.hash);
        // A change that runtime commands can make needs no reload.
        const files = await folder.read();
        const vacated = await folder.apply(() => files.set("conf/20-web-blue.cfg", backend("blue", 2)));
        expect(vacated).toMatchObject({ changed: true, reloadNeeded: false, hash: applied.hash });
    });

    it("refuses a bad configuration, names the line, and keeps the one in force", async () => {
        const before = await folder.read();
        const bad = folder.apply(files =>
            files.set("conf/20-web-blue.cfg", "backend web-blue from relink\n    balance sideways\n"),
        );
        await expect(bad).rejects.toThrow(ConfigRejected);
        await expect(bad).rejects.toThrow(/conf\/20-web-blue\.cfg line 2 \(balance sideways\)/);
        expect(await folder.read()).toEqual(before);
        expect(await ask(ports.http)).toMatchObject({ status: 200 });
    });

    it("merges changes that come together, and a bad one fails alone", async () => {
        const first = await folder.apply(files => files);
        const add = (
            service: string,
            text = backendOf(service, "blue", 8080, [[1, nowhere, false]]),
        ): Promise<Applied> => folder.apply(files => files.set(`conf/20-${service}-blue.cfg`, text));
        const good = await Promise.all([add("one"), add("two"), add("three")]);
        expect(good.map(({ version }) => version)).toContain(first.version + 1);
        expect(Math.max(...good.map(({ version }) => version))).toBeLessThan(first.version + 3);

        const mixed = await Promise.allSettled([
            add("four"),
            add("five", "backend five-blue from relink\n    nonsense\n"),
            add("six"),
            folder.apply(() => {
                throw new Error("this change cannot be made");
            }),
        ]);
        expect(mixed.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected"]);
        const files = await folder.read();
        expect([...files.keys()].filter(path => /four|five|six/.test(path)).sort()).toEqual([
            "conf/20-four-blue.cfg",
            "conf/20-six-blue.cfg",
        ]);
    });

    it("keeps three versions, readable for HAProxy's user", async () => {
        const { stdout } = await run(name)([
            "sh",
            "-c",
            "cd /relink/config && ls versions && ls && stat -c '%a %u' current/conf/*",
        ]);
        const versions = stdout.split("\n").filter(line => /^\d+$/.test(line));
        expect(versions).toHaveLength(3);
        expect(stdout).not.toContain("current.new");
        expect(new Set(stdout.split("\n").filter(line => /^\d+ \d+$/.test(line)))).toEqual(new Set(["644 0"]));
        expect(
            (await exec(engine, `${name}-gen-1`, ["cat", "/relink/config/current/conf/00-global.cfg"])).exitCode,
        ).toBe(0);
    });
});

/**
 * Creates and starts a container.
 *
 * @returns its address in the test's network
 */
async function start(container: string, image: string, options: object): Promise<string> {
    const made = await docker.createContainer({
        name: container,
        Image: image,
        Labels: { "relink.test": name },
        ...options,
    });
    await made.start();
    return (await made.inspect()).NetworkSettings.Networks[name]?.IPAddress ?? "";
}

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

function backend(color: Color, containers: number): string {
    const slots = [1, 2, 3].map((slot): [number, string, boolean] => [
        slot,
        addresses.get(`web-${color}-${slot}`) ?? nowhere,
        slot <= containers,
    ]);
    return backendOf("web", color, 8080, slots);
}

function backendOf(service: string, color: Color, port: number, slots: [number, string, boolean][]): string {
    return renderBackend({
        service,
        color,
        port,
        health: {
            path: "/healthz",
            tcp: false,
            host: "web",
            status: { from: 200, to: 399 },
            intervalMs: 500,
            timeoutMs: 1000,
            rise: 2,
            fall: 2,
        },
        slots: slots.map(([number, address, enabled]) => ({ number, address, enabled })),
    });
}

/** Links as a release does: first in the file, which a reload reads, then in every worker. */
async function link(color: Color, value = LinkValue.to(color)): Promise<void> {
    await folder.apply(files => {
        writeMapEntry(files, "link", "web", value);
        return files;
    });
    const { workers } = await runtime.observe();
    assertEveryWorker(`the link ${value}`, await runtime.setMap(workers, "link", "web", value));
}

/** Blue is live, and green gets a share. */
function share(percent: number, sticky: LinkValue["sticky"] = "none"): Promise<void> {
    return link("blue", LinkValue.to("blue").withPercent(percent, sticky));
}

/** A front without a record. */
function worldOf(front: FrontState): World {
    return { containers: [], generations: [], records: { services: new Map(), frontIncarnation: 0 }, front };
}

async function workers(): Promise<Worker[]> {
    return (await runtime.observe()).workers.filter(({ old }) => !old);
}

async function earn(earned: EarnedUp): Promise<EarnedSlot[]> {
    const front = await frontWhen(({ workers }) =>
        earned.state(workers.filter(({ old }) => !old)).every(({ up }) => up),
    );
    return earned.state(front.workers);
}

async function frontWhen(wish: (front: FrontState) => boolean): Promise<FrontState> {
    for (const deadline = performance.now() + 30_000; ; await pause(50)) {
        const front = await runtime.observe();
        if (wish(front)) {
            return front;
        }
        if (performance.now() > deadline) {
            throw new Error(
                `HAProxy does not have the expected state: ${JSON.stringify(front.workers.map(worker => [...worker.backends]))}`,
            );
        }
    }
}

async function loaded(options: Partial<LoadOptions> & { connections: number }): Promise<LoadRun> {
    const load = await startLoad({
        url: `http://127.0.0.1:${ports.http}/`,
        answeredBy: { versions: ["v1", "v2"] },
        ...options,
    });
    loads.push(load);
    await load.until(({ requests }) => requests > 200, "the first answers");
    return load;
}

interface Asked {
    status: number;
    body: string;
    version?: string;
    color?: string;
    release?: string;
    cookie?: string;
}

function ask(
    port: number,
    { path = "/", host, headers }: { path?: string; host?: string; headers?: Record<string, string> } = {},
): Promise<Asked> {
    return new Promise((resolve, reject) => {
        const options = { host: "127.0.0.1", port, path, agent: false, headers: { ...headers, ...(host && { host }) } };
        http.get(options, response => {
            let body = "";
            response.setEncoding("utf8");
            response.on("data", text => {
                body += text;
            });
            const header = (key: string) => response.headers[key] as string | undefined;
            response.on("end", () =>
                resolve({
                    status: response.statusCode!,
                    body,
                    version: header("x-version"),
                    color: header("x-relink-color"),
                    release: header("x-relink-release"),
                    cookie: response.headers["set-cookie"]?.join(),
                }),
            );
            response.on("error", reject);
        }).on("error", reject);
    });
}

function pause(milliseconds: number): Promise<void> {
    return new Promise(resolve => setTimeout(resolve, milliseconds));
}
