import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Dialer, request } from "../../docker/dialer";
import type { Engine } from "../../docker/Engine";
import { watchContainers } from "../../docker/events";
import { exec } from "../../docker/exec";
import {
    addresses,
    count,
    createNetworks,
    engine,
    firstMs,
    labels,
    release,
    removeAll,
    running,
} from "../support/dockerContainers";

/** Any HAProxy image; the official one has perl and bash. */
const frontImage = "haproxy:3.0";

beforeAll(createNetworks);

afterAll(removeAll);

describe("dialer", () => {
    const script =
        "require('http').createServer((q, s) => { s.statusCode = q.url === '/bad' ? 503 : 200; " +
        "s.setHeader('X-Seen', q.headers.host); if (q.url === '/silent') return; " +
        "s.end(q.url === '/big' ? 'y'.repeat(9000) : 'hello ' + q.method) }).listen(8080)";
    let anchor: string;
    let address: string;

    beforeAll(async () => {
        anchor = await running();
        const command = ["node", "-e", "fetch('http://127.0.0.1:8080/')"];
        const health = { ...release.health, fall: 100, command };
        const events = watchContainers(engine, labels);
        await events.ready;
        const server = await running({ entrypoint: ["node", "-e"], command: [script], health });
        address = addresses[count] ?? "";
        await events.next(event => event.containerId === server && event.health === "healthy", firstMs);
        events.close();
    });

    const routes: [string, () => Dialer][] = [
        ["straight", () => new Dialer(engine, anchor)],
        ["by a command in the anchor", () => new Dialer(remote(engine), anchor)],
    ];
    it.each(routes)("carries a request %s", async (_, dialer) => {
        const ask = { address, port: 8080, timeoutMs: firstMs };
        const through = dialer();
        expect(await request(through, { ...ask, path: "/", headers: { Host: "shop.example" } })).toMatchObject({
            status: 200,
            headers: { "x-seen": "shop.example" },
            body: "hello GET",
        });
        expect(await request(through, { ...ask, path: "/bad", method: "POST" })).toMatchObject({
            status: 503,
            body: "hello POST",
        });
        expect((await request(through, { ...ask, path: "/big" })).body).toBe("y".repeat(4096));
        await expect(request(through, { ...ask, path: "/silent", timeoutMs: 300 })).rejects.toThrow(/no whole answer/);
        await expect(request(through, { ...ask, port: 81, path: "/" })).rejects.toThrow(/refused/i);
    });

    it("relays with every tool that a HAProxy image may have", async () => {
        const front = (await engine.docker.getImage(frontImage).inspect()).Id;
        const anchors = [anchor, await running({}, { imageId: front })];
        const used = new Set<string>();
        for (const id of anchors) {
            for (const tool of ["socat", "perl", "nc", "bash"]) {
                const dialer = new Dialer(remote(engine), id, [tool]);
                const ask = () => request(dialer, { address, port: 8080, path: "/big", timeoutMs: firstMs });
                if ((await exec(engine, id, ["sh", "-c", `command -v ${tool}`])).exitCode === 0) {
                    expect(await ask()).toMatchObject({ status: 200, body: "y".repeat(4096) });
                    used.add(tool);
                } else {
                    await expect(ask()).rejects.toThrow(`has none of ${tool}`);
                }
            }
            // A relay ends with its connection.
            const list = "for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline; echo; done";
            const left = async () =>
                (await exec(engine, id, ["sh", "-c", list])).stdout
                    .split("\n")
                    .filter(line => /^(socat|perl|nc|bash) /.test(line));
            await expect.poll(left, { timeout: firstMs }).toEqual([]);
        }
        expect([...used]).toEqual(expect.arrayContaining(["perl", "bash"]));
    });
});

/** The same Engine as if it were on another machine, whose containers cannot be reached directly. */
function remote(local: Engine): Engine {
    return Object.create(local, { isLocal: { value: false } }) as Engine;
}
