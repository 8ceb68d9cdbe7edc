import { once } from "node:events";
import * as net from "node:net";

/** What the server does with one request. */
export type Act = (socket: net.Socket, requestNumber: number) => void;

export interface FaultyServer {
    url: string;
    /** Requests that arrived in full (head and body). */
    received: number;
    /** How often each act was done. */
    done: Record<string, number>;
    connections: number;
    close(): Promise<void>;
}

/**
 * An HTTP/1.1 server made of a plain socket, so that it can do wrong exactly what is asked.
 *
 * @param choose names the act for request n (1, 2, ...; over all connections)
 */
export async function startFaultyServer(
    acts: Record<string, Act>,
    choose: (requestNumber: number) => string,
): Promise<FaultyServer> {
    const sockets = new Set<net.Socket>();
    const server = net.createServer({ noDelay: true }, socket => {
        faulty.connections += 1;
        sockets.add(socket);
        socket.on("close", () => sockets.delete(socket));
        socket.on("error", () => {});
        let text = "";
        socket.on("data", data => {
            text += data.toString("latin1");
            for (let length = requestLength(text); length !== undefined; length = requestLength(text)) {
                text = text.slice(length);
                faulty.received += 1;
                const name = choose(faulty.received);
                faulty.done[name] = (faulty.done[name] ?? 0) + 1;
                acts[name]!(socket, faulty.received);
            }
        });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const faulty: FaultyServer = {
        url: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}/`,
        received: 0,
        done: {},
        connections: 0,
        close: async () => {
            for (const socket of sockets) {
                socket.destroy();
            }
            server.close();
            await once(server, "close");
        },
    };
    return faulty;
}

/** Length of the first whole request in `text`, if there is one. */
function requestLength(text: string): number | undefined {
    const head = text.indexOf("\r\n\r\n");
    if (head < 0) {
        return undefined;
    }
    const body = /content-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? "0";
    const length = head + 4 + Number(body);
    return text.length >= length ? length : undefined;
}

export function response(body: string, headers: string[] = [], status = "200 OK"): string {
    return [`HTTP/1.1 ${status}`, "x-version: v1", `Content-Length: ${body.length}`, ...headers, "", body].join("\r\n");
}

const cut = response("0123456789").slice(0, -5);

export const acts = {
    answer: socket => socket.write(response("ok")),
    answerAndClose: socket => socket.end(response("ok", ["Connection: close"])),
    answerUntilClose: socket => socket.end("HTTP/1.1 200 OK\r\nx-version: v1\r\n\r\nuntil the end"),
    answerInChunks: socket => {
        socket.write("HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n");
        socket.write("HTTP/1.1 200 OK\r\nx-version: v1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
        setImmediate(() => socket.write("lo\r\n0\r\n\r\n"));
    },
    closeWithoutAnswer: socket => socket.end(),
    resetWithoutAnswer: socket => socket.resetAndDestroy(),
    truncate: socket => socket.end(cut),
    truncateHead: socket => socket.end("HTTP/1.1 200 OK\r\nContent-Le"),
    truncateChunks: socket => socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
    resetMidBody: socket => socket.write(cut, () => socket.resetAndDestroy()),
    unavailable: socket => socket.write(response("no server", [], "503 Service Unavailable")),
    notFound: socket => socket.write(response("not found", [], "404 Not Found")),
    garbage: socket => socket.write("this is not HTTP\r\n\r\n"),
    stall: () => {},
    stallMidBody: socket => socket.write(cut),
} satisfies Record<string, Act>;
