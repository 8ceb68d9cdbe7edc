import { once } from "node:events";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { expectNoLoss } from "../../support/load";
import { planLoad } from "../../support/load/LoadOptions";
import type { LoadResult } from "../../support/load/LoadResult";
import { LocalLoad } from "../../support/load/LocalLoad";

let server: http.Server;
afterEach(() => {
    server.closeAllConnections();
    server.close();
});

interface Faulty {
    /** Handles a message. Without true as its result, the server also echoes the message. */
    instead?: (webSocket: WebSocket, message: string) => boolean;
    /** The service that answers. @default hello */
    service?: string;
    /** The id in the head. @default the request's */
    id?: string;
}

const echoOf = (message: string): string => JSON.stringify({ version: "v1", echo: message });

/** Starts a WebSocket server like the sample app's with these faults, and the load on it. */
async function load(
    maxRequests: number,
    { instead = () => false, service = "hello", id }: Faulty,
    until: (counts: LoadResult["webSockets"]) => boolean,
): Promise<LoadResult> {
    server = http.createServer((_request, response) => response.end("ok"));
    const webSockets = new WebSocketServer({ server });
    webSockets.on("headers", (headers, request) => {
        headers.push("x-version: v1", `x-load-id: ${id ?? request.headers["x-load-id"]}`);
    });
    webSockets.on("connection", webSocket => {
        webSocket.send(JSON.stringify({ version: "v1", service, hello: true }));
        webSocket.on("message", message => {
            if (!instead(webSocket, message.toString())) {
                webSocket.send(echoOf(message.toString()));
            }
        });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const running = new LocalLoad(
        planLoad({
            url: `http://127.0.0.1:${port}`,
            connections: 2,
            mix: { webSocket: 2 },
            maxRequests,
            timeoutMs: 2_000,
            answeredBy: { services: ["hello"], versions: ["v1"] },
        }),
    );
    while (!until(running.ledger.webSockets) && !(await isSettled(running))) {
        await new Promise(resolve => setTimeout(resolve, 10));
    }
    return running.stop();
}

function isSettled({ settled }: LocalLoad): Promise<boolean> {
    return Promise.race([settled.then(() => true), new Promise<boolean>(resolve => setImmediate(resolve, false))]);
}

/** @returns a fault of the first messages only */
function firstOnly(count: number, act: (webSocket: WebSocket, message: string) => void): Faulty["instead"] {
    let done = 0;
    return (webSocket, message) => {
        done += 1;
        if (done <= count) {
            act(webSocket, message);
        }
        return done <= count;
    };
}

test("each WebSocket that is cut is a failure, and those that live on are counted", async () => {
    const result = await load(
        100,
        { instead: firstOnly(3, webSocket => webSocket.terminate()) },
        counts => counts.messagesAnswered >= 2 && counts.cut === 3,
    );
    expect(result.webSockets).toMatchObject({ opened: 5, cut: 3, ended: 0, alive: 2 });
    expect(result).toMatchObject({ requests: 5, answered: 2, failed: 3, open: 0 });
    expect(result.failuresByKind).toEqual({ "WebSocket cut": 3 });
    expect(() => expectNoLoss(result, { atLeast: 5 })).toThrow("3 of 5 requests failed (3 WebSocket cut)");
    expectNoLoss(result, { atLeast: 5, allowed: ["WebSocket cut"] });
});

test("a WebSocket that the server ends with a close frame is a failure of its own kind", async () => {
    const result = await load(
        100,
        { instead: firstOnly(2, webSocket => webSocket.close(1001, "going away")) },
        counts => counts.messagesAnswered >= 2 && counts.ended === 2,
    );
    expect(result.webSockets).toMatchObject({ opened: 4, cut: 0, ended: 2, alive: 2 });
    expect(result).toMatchObject({ requests: 4, answered: 2, failed: 2, failuresByKind: { "WebSocket ended": 2 } });
    expect(() => expectNoLoss(result, { atLeast: 4, allowed: ["WebSocket cut"] })).toThrow("(2 WebSocket ended)");
});

test.each([
    ["the echo of something else", (webSocket: WebSocket) => webSocket.send(echoOf("goodbye"))],
    ["another version's echo", (webSocket, message) => webSocket.send(echoOf(message).replace("v1", "v2"))],
    ["no echo but a text", (webSocket, message) => webSocket.send(message)],
    [
        "two echoes",
        (webSocket, message) => {
            webSocket.send(echoOf(message));
            webSocket.send(echoOf(message));
        },
    ],
] satisfies [string, (webSocket: WebSocket, message: string) => void][])("%s is a failure", async (_name, act) => {
    const result = await load(
        100,
        { instead: firstOnly(1, act) },
        counts => counts.opened === 3 && counts.messagesAnswered >= 3,
    );
    expect(result).toMatchObject({ requests: 3, answered: 2, failed: 1, failuresByKind: { "wrong echo": 1 } });
});

test("a WebSocket that does not answer counts as cut, also when the load ends meanwhile", async () => {
    const result = await load(2, { instead: () => true }, counts => counts.messagesSent === 2);
    expect(result).toMatchObject({ requests: 2, answered: 0, failed: 2, failuresByKind: { "WebSocket cut": 2 } });
});

test.each([
    ["of another request", { id: "another" }, "wrong id"],
    ["of another service", { service: "shop" }, "wrong service"],
])("a handshake %s is a failure", async (_name, faulty, kind) => {
    const result = await load(4, faulty, () => false);
    expect(result).toMatchObject({ requests: 4, answered: 0, failed: 4, failuresByKind: { [kind]: 4 } });
});

test("a handshake that is refused with an error status is a failed request", async () => {
    server = http.createServer((_request, response) => response.writeHead(503).end());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const running = new LocalLoad(
        planLoad({ url: `http://127.0.0.1:${port}`, connections: 1, mix: { webSocket: 1 }, maxRequests: 3 }),
    );
    await running.settled;
    const result = await running.stop();
    expect(result).toMatchObject({ requests: 3, failed: 3, failuresByKind: { "5xx": 3 } });
    expect(result.webSockets.opened).toBe(0);
});
