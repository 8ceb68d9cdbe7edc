import { constants } from "node:http2";
import * as https from "node:https";
import * as net from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Authority, type MadeCertificate } from "../../support/certificates";
import { expectNoLoss } from "../../support/load";
import { type LoadOptions, planLoad } from "../../support/load/LoadOptions";
import type { LoadResult, LoadSnapshot } from "../../support/load/LoadResult";
import { LocalLoad } from "../../support/load/LocalLoad";
import { type Act, type SecureServer, type SecureServerOptions, startSecureServer } from "./secureServer";
import { type Program, startSampleApp } from "./startProgram";

const host = "shop.example.com";
const everyNth = 5;
const requests = 50;
const faults = requests / everyNth;

let app: Program;
let authority: Authority;
/** The server's certificate, followed by the intermediate one. */
let shop: MadeCertificate;
let server: SecureServer | undefined;

beforeAll(async () => {
    app = await startSampleApp({ VERSION: "v7", RELINK_SERVICE: "shop" });
    authority = await Authority.create();
    const { certificate, key } = await authority.issue({ hosts: [host] });
    shop = { certificate: `${certificate}\n${authority.intermediate}`, key };
});
afterAll(() => app.process.kill());
afterEach(async () => {
    await server?.close();
    server = undefined;
});

async function start(options: Partial<SecureServerOptions> = {}): Promise<SecureServer> {
    server = await startSecureServer(shop, { app: app.url, ...options });
    return server;
}

function begin(url: string, options: Partial<LoadOptions> = {}): LocalLoad {
    const answeredBy = { services: ["shop"], versions: ["v7"] };
    return new LocalLoad(planLoad({ url, hostHeader: host, ca: authority.root, answeredBy, ...options }));
}

async function runToEnd(url: string, options: Partial<LoadOptions>): Promise<LoadResult> {
    const load = begin(url, { connections: 1, mix: { http2: 1 }, maxRequests: requests, ...options });
    await load.settled;
    return load.stop();
}

describe("the load client over TLS", () => {
    it("finds no failure in a good server, in any lane", async () => {
        const { url } = await start();
        const load = begin(url, {
            connections: 9,
            mix: { post: 2, newConnection: 1, slow: 1, stream: 1, webSocket: 1, http2: 2 },
            paths: { slow: "/slow?ms=20", stream: "/stream?seconds=0.3" },
            ratePerSecond: 500,
        });
        while (!isEnough(load.ledger.snapshot())) {
            await new Promise(resolve => setTimeout(resolve, 20));
        }
        const result = await load.stop();
        expectNoLoss(result, { atLeast: 300 });
        expect(Object.keys(result.byLane)).toHaveLength(7);
        expect(result.refused).toBe(0);
        expect(server!.streams).toBe(result.byLane.http2);
        // A connection of its own for each lane, and for each request of the lane with new ones.
        expect(result.connections).toBe(8 + result.byLane.newConnection!);
    });

    const anyLane = { connections: 5, mix: { newConnection: 1, stream: 1, webSocket: 1, http2: 1 } };

    it.each([
        ["an authority that it does not trust", { ca: undefined }, /UNABLE_TO|SELF_SIGNED/],
        ["a certificate for another host", { serverName: "other.example.com" }, /ERR_TLS_CERT_ALTNAME_INVALID/],
        ["a host that TLS cannot name", { hostHeader: "127.0.0.1" }, /ERR_TLS_CERT_ALTNAME_INVALID/],
    ])("reports a failed handshake with %s", async (_name, options, detail) => {
        const { url } = await start();
        const result = await runToEnd(url, { ...anyLane, ...options });
        expect(result).toMatchObject({ requests, answered: 0, failuresByKind: { handshake: requests }, open: 0 });
        expect(Object.keys(result.byLane)).toHaveLength(5);
        expect(result.failures.map(failure => failure.detail).filter(text => !detail.test(text))).toEqual([]);
    });

    it("reports a failed handshake when the server cuts it", async () => {
        const cutting = net.createServer(socket => socket.once("data", () => socket.end()));
        await new Promise<void>(resolve => cutting.listen(0, "127.0.0.1", resolve));
        const { port } = cutting.address() as net.AddressInfo;
        const result = await runToEnd(`https://127.0.0.1:${port}`, anyLane);
        cutting.close();
        expect(result).toMatchObject({ requests, answered: 0, failuresByKind: { handshake: requests }, open: 0 });
    });

    it("distinguishes a failed handshake from a connection that was not made", async () => {
        const { url } = await start();
        const result = await runToEnd(url.replace("127.0.0.1", "127.0.0.2"), anyLane);
        expect(result).toMatchObject({ requests, answered: 0, failuresByKind: { connect: requests }, open: 0 });
    });

    it("reports a failed handshake if the server does not speak HTTP/2 after it", async () => {
        const { certificate: cert, key } = shop;
        const old = https.createServer({ cert, key, ALPNProtocols: ["http/1.1"] });
        await new Promise<void>(resolve => old.listen(0, "127.0.0.1", resolve));
        const { port } = old.address() as net.AddressInfo;
        const result = await runToEnd(`https://127.0.0.1:${port}`, {});
        old.close();
        expect(result).toMatchObject({ requests, failed: requests, failuresByKind: { handshake: requests }, open: 0 });
    });
});

describe("the load client over HTTP/2", () => {
    const at = (act: Act) => (number: number) => (number % everyNth === 0 ? act : undefined);
    const reset = (code: number): Act => {
        return stream => stream.close(code);
    };

    it.each<[string, Act, Partial<LoadResult>]>([
        ["refuses a stream", reset(constants.NGHTTP2_REFUSED_STREAM), { refused: faults, failed: 0 }],
        [
            "goes away, and names a stream before",
            ({ session, id }) => session!.goaway(constants.NGHTTP2_NO_ERROR, id! - 2),
            { refused: faults, failed: 0 },
        ],
        [
            "goes away, and answers the last stream",
            ({ session, id }, answer) => {
                session!.goaway(constants.NGHTTP2_NO_ERROR, id!);
                answer();
            },
            { refused: 0, failed: 0 },
        ],
        ["resets a stream", reset(constants.NGHTTP2_INTERNAL_ERROR), { failuresByKind: { reset: faults } }],
        ["closes the connection", (_stream, _answer, cut) => cut(), { failed: faults, refused: 0 }],
        [
            "ends the connection in order, after a GOAWAY that names the stream",
            ({ session, id }, _answer, cut) => {
                session!.goaway(constants.NGHTTP2_NO_ERROR, id!);
                setTimeout(cut, 20);
            },
            { failed: faults, refused: 0 },
        ],
        [
            "cuts an answer",
            stream => {
                stream.respond({ ":status": 200, "x-version": "v7" });
                stream.write("{", () => stream.destroy(new Error("by the test")));
            },
            { failuresByKind: { "closed mid-body": faults } },
        ],
        [
            "answers 503",
            stream => stream.respond({ ":status": 503 }, { endStream: true }),
            { byStatus: { 200: 40, 503: faults } },
        ],
        [
            "gives another answer",
            stream => {
                stream.respond({ ":status": 200, "x-version": "v7", "x-load-id": "another" });
                stream.end("{}");
            },
            { failuresByKind: { "wrong id": faults } },
        ],
    ])("counts each stream once, with a server that %s", async (_name, act, expected) => {
        const { url } = await start({ choose: at(act) });
        const result = await runToEnd(url, {});
        expect(server!.streams).toBe(requests);
        expect(result).toMatchObject({ requests, open: 0, ...expected });
        expect(result.answered + result.failed + result.refused).toBe(requests);
        expect(result.phases[0]).toMatchObject({ refused: result.refused });
    });

    it.each<[string, (text: string) => string, string]>([
        ["a wrong body", () => "It works!", "wrong body"],
        ["another request's id", text => text.replace(/"id":"[^"]+"/, '"id":"another"'), "wrong id"],
        ["another version", text => text.replace('"v7"', '"v8"'), "wrong version"],
        ["another service", text => text.replace('"shop"', '"web"'), "wrong service"],
    ])("meets %s", async (_name, change, kind) => {
        const { url } = await start({ change });
        const result = await runToEnd(url, {});
        expect(result).toMatchObject({ requests, answered: 0, failuresByKind: { [kind]: requests }, open: 0 });
    });

    it("reports a server that stalls", async () => {
        const { url } = await start({ choose: number => (number === 7 ? () => {} : undefined) });
        const result = await runToEnd(url, { timeoutMs: 500 });
        expect(result).toMatchObject({ requests, failed: 1, failuresByKind: { timeout: 1 }, open: 0 });
    });

    it("counts refused requests apart from lost ones", async () => {
        const { url } = await start({ choose: at(reset(constants.NGHTTP2_REFUSED_STREAM)) });
        const result = await runToEnd(url, {});
        expectNoLoss(result, { atLeast: requests, allowed: ["maxRequests"] });
    });

    it("is refused without TLS", () => {
        expect(() => planLoad({ url: "http://127.0.0.1:1", mix: { http2: 1 } })).toThrow("HTTP/2 over TLS only");
    });
});

function isEnough({ answered, failed, streams, webSockets }: LoadSnapshot): boolean {
    return failed > 0 || (answered >= 300 && streams.completed > 1 && webSockets.messagesAnswered > 1);
}
