import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exec } from "../../docker/exec";
import { renderGlobal } from "../../front/configuration";
import { type Applied, ConfigRejected } from "../../front/folder";
import { LiveFiles } from "../../front/LiveFiles";
import { type EarnedSlot, EarnedUp } from "../../haproxy/earned";
import { readMap } from "../../haproxy/maps";
import { assertEveryWorker } from "../../haproxy/WorkerResult";
import type { FrontState } from "../../model/FrontState";
import { LinkValue } from "../../model/LinkValue";
import type { World } from "../../model/World";
import { drained, openOn } from "../../plan/drain";
import { frontTimeouts as timeouts } from "../support/frontTimeouts";
import {
    ask,
    backend,
    backendOf,
    createFront,
    engine,
    folder,
    frontWhen,
    link,
    loaded,
    name,
    nowhere,
    pause,
    ports,
    removeFront,
    run,
    runtime,
    startHaproxy,
    workers,
    writeWeb,
} from "../support/haproxyOnDocker";
import { expectNoLoss } from "../support/load";

beforeAll(createFront);

afterAll(removeFront);

describe("HAProxy, configured and linked by relink", () => {
    it("answers 404, its health page and its metrics while it has no service", async () => {
        const applied = await startHaproxy();
        expect(applied).toMatchObject({ version: 1, changed: true, reloadNeeded: true });
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
        const applied = await writeWeb();
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
        const slow = ask(ports.http, { path: "/slow?ms=4000" });
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

/** A front without a record. */
function worldOf(front: FrontState): World {
    return { containers: [], generations: [], records: { services: new Map(), frontIncarnation: 0 }, front };
}

async function earn(earned: EarnedUp): Promise<EarnedSlot[]> {
    const front = await frontWhen(({ workers }) =>
        earned.state(workers.filter(({ old }) => !old)).every(({ up }) => up),
    );
    return earned.state(front.workers);
}
