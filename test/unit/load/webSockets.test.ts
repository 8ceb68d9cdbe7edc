import { once } from "node:events";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { planLoad } from "../../support/load/LoadOptions";
import type { LoadResult } from "../../support/load/LoadResult";
import { LocalLoad } from "../../support/load/LocalLoad";

let server: http.Server;
afterEach(() => {
    server.closeAllConnections();
    server.close();
});

/** A WebSocket server that echoes, except that it does `onMessage` with every message while that returns true. */
async function load(
    maxRequests: number,
    instead: (webSocket: WebSocket) => boolean,
    until: (counts: LoadResult["webSockets"]) => boolean,
): Promise<LoadResult> {
    server = http.createServer((_request, response) => response.end("ok"));
    const webSockets = new WebSocketServer({ server });
    webSockets.on("connection", webSocket => {
        webSocket.on("message", message => {
            if (!instead(webSocket)) {
                webSocket.send(JSON.stringify({ version: "v1", echo: message.toString() }));
            }
        });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const running = new LocalLoad(
        planLoad({ url: `http://127.0.0.1:${port}`, connections: 2, mix: { webSocket: 2 }, maxRequests }),
    );
    while (!until(running.ledger.webSockets)) {
        await new Promise(resolve => setTimeout(resolve, 10));
    }
    return running.stop();
}

test("each WebSocket that is cut is counted, and those that live on", async () => {
    let cuts = 0;
    const result = await load(
        100,
        webSocket => {
            if (cuts < 3) {
                cuts += 1;
                webSocket.terminate();
                return true;
            }
            return false;
        },
        counts => counts.messagesAnswered >= 2 && counts.cut === 3,
    );
    expect(result.webSockets).toMatchObject({ opened: 5, cut: 3, ended: 0, alive: 2 });
    expect(result).toMatchObject({ requests: 5, answered: 5, failed: 0, open: 0 });
});

test("a WebSocket that the server ends with a close frame is told apart from a cut one", async () => {
    let ends = 0;
    const result = await load(
        100,
        webSocket => {
            if (ends < 2) {
                ends += 1;
                webSocket.close(1001, "going away");
                return true;
            }
            return false;
        },
        counts => counts.messagesAnswered >= 2 && counts.ended === 2,
    );
    expect(result.webSockets).toMatchObject({ opened: 4, cut: 0, ended: 2, alive: 2 });
});

test("a handshake that is refused is a failed request when the status says so", async () => {
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
