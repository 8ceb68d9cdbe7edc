import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../docker/Engine";
import { exec } from "../../docker/exec";
import { inspectNetwork } from "../../docker/networks";
import { renderBackend, renderFrontends, renderGlobal } from "../../front/configuration";
import { ConfigFolder } from "../../front/folder";
import { emptyMaps, writeMapEntry } from "../../haproxy/maps";
import { routeKey, routeValue } from "../../haproxy/routes";
import { Runtime } from "../../haproxy/runtime";
import type { BackendStat } from "../../model/FrontState";
import { LinkValue } from "../../model/LinkValue";
import { parseRoute } from "../../model/Route";
import { findFreePorts } from "../support/freePorts";
import { rawRequest } from "../support/rawRequest";
import { haproxyImage } from "../support/scenario";
import { until } from "../support/until";

// HAProxy's counters, by which a release is judged. Each service answers in one way. The tests say for which requests the
// service is responsible.
const name = `relink-counters-${randomUUID().slice(0, 8)}`;
const engine = Engine.connect();
const { docker } = engine;
const run = (argv: string[], stdin?: Buffer | string) => exec(engine, name, argv, { stdin, user: "0" });
const runtime = new Runtime(run);
const second = 1_000;
let port: number;

/** Ports of the app, which answers in another way on each. No process listens on the port of `refuses`. */
const services: Record<string, number> = {
    good: 8001,
    sick: 8002,
    closes: 8003,
    resets: 8004,
    hangs: 8005,
    garbles: 8006,
    cuts: 8007,
    refuses: 8008,
    unreachable: 8009,
    empty: 8010,
    bulky: 8011,
    slow: 8012,
    talks: 8013,
    large: 8014,
    overflows: 8001,
};

const app = `
const { createServer } = require("node:net");
const head = (status, more = "") => "HTTP/1.1 " + status + " x\\r\\n" + more + "\\r\\n";
const answer = (status, body = "ok", more = "") => head(status, more + "content-length: " + body.length + "\\r\\n") + body;
const upgraded = "upgrade: websocket\\r\\nconnection: upgrade\\r\\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\\r\\n";
const listen = (port, onRequest) =>
    createServer(socket => socket.on("error", () => {}).on("data", () => onRequest(socket))).listen(port);
listen(8001, socket => socket.write(answer(200)));
listen(8002, socket => socket.write(answer(500)));
listen(8003, socket => socket.end());
listen(8004, socket => socket.resetAndDestroy());
listen(8005, () => {});
listen(8006, socket => socket.end("what?\\r\\n\\r\\n"));
listen(8007, socket => socket.end(head(200, "content-length: 100\\r\\n") + "ok"));
listen(8011, socket => socket.end(answer(200, "ok", "x-bulk: " + "b".repeat(15600) + "\\r\\n")));
listen(8012, socket => setTimeout(() => socket.write(answer(200)), 300));
listen(8013, socket => {
    socket.write(head(101, upgraded) + "hello");
    setTimeout(() => socket.resetAndDestroy(), 100);
});
listen(8014, socket => socket.write(answer(200, "b".repeat(20_000_000))));
`;

beforeAll(async () => {
    const { http } = await findFreePorts();
    port = http;
    await docker.createNetwork({ Name: name, Labels: { "relink.test": name } });
    const address = await start(`${name}-app`, "node:24-slim", { Entrypoint: ["node", "-e", app] });
    const anchor = await start(name, haproxyImage, {
        Entrypoint: ["sleep", "infinity"],
        User: "0",
        ExposedPorts: { "8080/tcp": {} },
        HostConfig: {
            Init: true,
            NetworkMode: name,
            PortBindings: { "8080/tcp": [{ HostIp: "127.0.0.1", HostPort: String(port) }] },
        },
    });
    const near = { gateway: (await inspectNetwork(engine, name))?.gateway ?? "", anchor };
    await run(["mkdir", "-p", "/relink/config", "/relink/run"]);
    const nowhere = `${address.split(".").slice(0, 3).join(".")}.250`;
    await new ConfigFolder(run, run).apply(() => {
        const files = new Map(emptyMaps());
        const time = {
            connectMs: second,
            clientMs: second,
            serverMs: second,
            httpRequestMs: second,
            httpKeepAliveMs: second,
            queueMs: second,
            tunnelMs: 60 * second,
            clientFinMs: second,
            serverFinMs: second,
            checkMs: second,
        };
        files.set("conf/00-global.cfg", renderGlobal({ name, timeouts: time }));
        files.set("conf/10-frontends.cfg", renderFrontends({ name, trustedProxies: [] }, near));
        for (const [service, port] of Object.entries(services)) {
            const backend = renderBackend({
                service,
                color: "blue",
                port,
                health: {
                    tcp: true,
                    path: "/",
                    host: service,
                    status: { from: 200, to: 399 },
                    intervalMs: second,
                    timeoutMs: second,
                    rise: 2,
                    fall: 2,
                },
                slots: [
                    { number: 1, address: service === "unreachable" ? nowhere : address, enabled: service !== "empty" },
                ],
            });
            // Without checks HAProxy counts only the requests. The service `overflows` adds more to a request's headers than
            // HAProxy keeps room for.
            const more = service === "overflows" ? `    http-request set-header x-more ${"m".repeat(1_500)}\n` : "";
            files.set(`conf/20-${service}-blue.cfg`, backend.replace(/^ +default-server .*\n/m, more));
            const route = parseRoute(`${service}.example`);
            writeMapEntry(files, "routes", routeKey(route), routeValue(route, service));
            writeMapEntry(files, "link", service, LinkValue.to("blue"));
        }
        return files;
    });
    const haproxy = "haproxy -W -db -f /relink/config/current/conf -S /relink/run/master-1.sock,mode,600,level,admin";
    void exec(engine, name, haproxy.split(" "), { user: "0" }).catch(() => {});
    await until(
        async () => ((await runtime.observe().catch(() => undefined))?.workers.length === 1 ? true : undefined),
        {
            deadline: Date.now() + 30 * second,
            what: "HAProxy does not run",
        },
    );
});

afterAll(async () => {
    for (const container of [name, `${name}-app`]) {
        await docker
            .getContainer(container)
            .remove({ force: true, v: true })
            .catch(() => {});
    }
    await docker
        .getNetwork(name)
        .remove()
        .catch(() => {});
});

/** Makes one request. Returns its status, or undefined without an answer. */
type Ask = (service: string) => Promise<{ status: number } | undefined>;

const request = (service: string, more = "", method = "GET") =>
    `${method} / HTTP/1.1\r\nhost: ${service}.example\r\n${more}\r\n`;
const close = "connection: close\r\n";
const upload = (service: string) => `${request(service, "content-length: 100\r\n", "POST")}begun`;
const webSocket =
    "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

const plain: Ask = service => rawRequest(port, request(service, close));

/** Sends bytes, and resets the connection after a while without reading an answer. */
function leave(bytes: string, afterMs: number): Promise<undefined> {
    return new Promise(resolve => {
        const socket = connect({ host: "127.0.0.1", port }, () => {
            socket.write(bytes);
            setTimeout(() => {
                socket.resetAndDestroy();
                resolve(undefined);
            }, afterMs);
        });
    });
}

async function counted(service: string): Promise<BackendStat> {
    const stat = (await runtime.observe()).workers[0]?.backends.get(`${service}-blue`);
    if (stat === undefined) {
        throw new Error(`HAProxy does not know ${service}`);
    }
    return stat;
}

describe("What HAProxy counts of one request", () => {
    it.each<[what: string, service: string, ask: Ask, status: number | undefined, failed: number]>([
        ["a good answer", "good", plain, 200, 0],
        ["a service's own 500", "sick", plain, 500, 1],
        ["a connection that is closed without an answer", "closes", plain, 502, 1],
        ["a connection that is reset", "resets", plain, 502, 1],
        ["no answer in time", "hangs", plain, 504, 1],
        ["an answer that is not HTTP", "garbles", plain, 502, 1],
        ["an answer whose headers are too long", "bulky", plain, 502, 1],
        ["a connection that is refused", "refuses", plain, 503, 1],
        ["an address that does not answer", "unreachable", plain, 503, 1],
        ["no server", "empty", plain, 503, 1],
        // The head of the answer is good, and that is what counts: a user can make some services cut a connection.
        ["an answer that is cut", "cuts", plain, 200, 0],
        ["a WebSocket that is reset", "talks", service => rawRequest(port, request(service, webSocket)), 101, 0],
    ])("%s counts as the service's answer", async (_what, service, ask, status, failed) => {
        const before = await counted(service);
        expect((await ask(service))?.status).toBe(status);
        await until(async () => ((await counted(service)).asked > before.asked ? true : undefined), {
            deadline: Date.now() + 5 * second,
            what: "HAProxy has not counted it",
        });
        const after = await counted(service);
        expect({ asked: after.asked - before.asked, failed: after.failed - before.failed }).toEqual({
            asked: 1,
            failed,
        });
    });

    it.each<[what: string, service: string, ask: Ask, status: number | undefined]>([
        [
            "HAProxy's own 500, for headers that overflow its rewriting,",
            "overflows",
            service => rawRequest(port, request(service, `x-fill: ${"f".repeat(15_000)}\r\n${close}`)),
            500,
        ],
        ["an upload that stops", "hangs", service => rawRequest(port, upload(service)), 400],
        ["a user who leaves in an upload", "hangs", service => leave(upload(service), 100), undefined],
        ["a user who leaves before the answer", "slow", service => leave(request(service), 50), undefined],
        ["a user who leaves in the middle of the answer", "large", service => leave(request(service), 30), undefined],
    ])("%s does not count as the service's failure", async (_what, service, ask, status) => {
        const before = await counted(service);
        expect((await ask(service))?.status).toBe(status);
        await until(async () => ((await counted(service)).stot > before.stot ? true : undefined), {
            deadline: Date.now() + 5 * second,
            what: "HAProxy has not counted it",
        });
        // A later request ends after it. By then HAProxy has counted it.
        await plain("slow");
        expect((await counted(service)).failed - before.failed).toBe(0);
    });
});

async function start(
    container: string,
    image: string,
    options: { HostConfig?: object; [key: string]: unknown },
): Promise<string> {
    const made = await docker.createContainer({
        name: container,
        Image: image,
        Labels: { "relink.test": name },
        HostConfig: { NetworkMode: name },
        ...options,
    });
    await made.start();
    return (await made.inspect()).NetworkSettings.Networks[name]?.IPAddress ?? "";
}
