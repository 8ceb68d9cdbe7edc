import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectFailure, expectSuccess } from "../support/command";
import { GrpcCalls } from "../support/GrpcCalls";
import { isFull } from "../support/isFull";
import { oneAfterTheOther, outputsOf, webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

// An app that speaks HTTP/2 without TLS, as gRPC does. Clients make unary and streaming calls all the time.

/** Answers with trailers, as a gRPC server does: a call returns its own body, a stream 20 messages in 2 s. */
const app = `
const server = require("node:http2").createServer();
const sessions = new Set();
server.on("session", session => { sessions.add(session); session.on("close", () => sessions.delete(session)); });
server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    const path = headers[":path"];
    if (path === "/healthz") { stream.respond({ ":status": 200 }); stream.end("ok"); return; }
    if (headers["content-type"] !== "application/grpc") { stream.respond({ ":status": 415 }, { endStream: true }); return; }
    stream.respond({ ":status": 200, "content-type": "application/grpc", "x-version": process.env.VERSION }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    if (path === "/shop.Hello/Stream") {
        let sent = 0;
        const timer = setInterval(() => { stream.write("m"); if (++sent === 20) { clearInterval(timer); stream.end(); } }, 100);
        stream.on("close", () => clearInterval(timer));
        return;
    }
    stream.pipe(stream);
});
process.on("SIGTERM", () => { server.close(() => process.exit(0)); for (const session of sessions) session.close(); });
server.listen(8080);`;

let stack: TestStack;

beforeAll(async () => {
    if (isFull) {
        stack = await createStack({
            config: webStack(
                { protocol: "h2c", entrypoint: ["node", "-e", app], command: [] },
                { front: { https: { selfSigned: true } } },
            ),
        });
        expectSuccess(await stack.up());
    }
});

afterAll(() => stack?.cleanup());

function startCalls(): GrpcCalls {
    return GrpcCalls.start(`https://127.0.0.1:${stack.ports.https}`);
}

describe.runIf(isFull)("A service over HTTP/2 without TLS", () => {
    oneAfterTheOther();

    it("is released and returned without a lost call, unary or streaming", async () => {
        for (const [version, live] of [
            ["v2", "green"],
            ["v1", "blue"],
        ] as const) {
            const calls = startCalls();
            stack.setConfig("services.web.image", `relink-hello:${version}`);
            expectSuccess(await stack.up());
            await calls.more();
            const { unary, streams, failed, versions } = await calls.stop();
            console.log(`scenario gRPC gets ${version}: ${unary} calls, ${streams} streams, ${failed.length} failed`);
            expect(failed).toEqual([]);
            expect(versions).toEqual(new Set(["v1", "v2"]));
            expect(await outputsOf(stack)).toMatchObject({ live });
        }
    });

    it("scales beside the calls: relink asks the new container over HTTP/2 itself", async () => {
        const calls = startCalls();
        stack.setConfig("services.web.replicas", 3);
        expectSuccess(await stack.up());
        expect((await calls.stop()).failed).toEqual([]);
    });

    it("goes back to HTTP/1.1 only with an app that speaks it", async () => {
        const calls = startCalls();
        stack.setConfig("services.web.healthyDeadline", "10s");
        stack.setConfig("services.web.entrypoint", ["node", "server.js"]);
        expectFailure(await stack.up());
        expect((await calls.stop()).failed).toEqual([]);
        expect(await outputsOf(stack)).toMatchObject({ live: "blue" });
    });
});
