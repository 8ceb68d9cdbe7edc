import { once } from "node:events";
import * as net from "node:net";

/** A request that arrived in full. */
export interface Received {
    method: string;
    path: string;
    /** Its x-load-id. */
    id: string;
    bodyBytes: number;
}

/** The server's reaction to one request. */
export type Act = (socket: net.Socket, request: Received) => void;

export interface FaultyServer {
    url: string;
    /** Requests that arrived in full (head and body). */
    received: number;
    /** Number of times that each act was done. */
    done: Record<string, number>;
    connections: number;
    close(): Promise<void>;
}

/**
 * An HTTP/1.1 server on plain sockets, so that it can make exactly the wanted mistakes.
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
            for (let request = firstRequest(text); request !== undefined; request = firstRequest(text)) {
                text = text.slice(request.length);
                faulty.received += 1;
                const name = choose(faulty.received);
                faulty.done[name] = (faulty.done[name] ?? 0) + 1;
                acts[name]!(socket, request);
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

/** The first whole request in `text`, if there is one, and how long it is. */
function firstRequest(text: string): (Received & { length: number }) | undefined {
    const head = text.indexOf("\r\n\r\n");
    if (head < 0) {
        return undefined;
    }
    const header = (name: string) => new RegExp(`^${name}: (.*?)\r?$`, "im").exec(text.slice(0, head))?.[1];
    const bodyBytes = Number(header("content-length") ?? "0");
    const length = head + 4 + bodyBytes;
    return text.length < length
        ? undefined
        : { method: text.split(" ")[0]!, path: text.split(" ")[1]!, id: header("x-load-id") ?? "", bodyBytes, length };
}

/** Differences of a response from the sample app's. */
export interface Different {
    version?: string;
    /** What the body says. @default `version` */
    versionInBody?: string;
    service?: string;
    /** @default the request's */
    id?: string;
    /** What the body says. @default `id` */
    idInBody?: string;
    body?: string;
    /** Further ones. */
    headers?: string[];
    status?: string;
    /** @default `Content-Length` with that of the body */
    length?: string;
}

/** @returns the sample app's response to a request, with these differences */
export function responseTo(request: Received, different: Different = {}): string {
    const { version = "v1", service = "hello", status = "200 OK", headers = [] } = different;
    const id = different.id ?? request.id;
    const body =
        different.body ??
        bodyFor(request, { version: different.versionInBody ?? version, service, id: different.idInBody ?? id });
    const length = different.length ?? `Content-Length: ${body.length}`;
    const head = [`HTTP/1.1 ${status}`, `x-version: ${version}`, `x-load-id: ${id}`, length, ...headers];
    return `${head.filter(line => line !== "").join("\r\n")}\r\n\r\n${body}`;
}

function bodyFor({ method, path, bodyBytes }: Received, who: { version: string; service: string; id: string }): string {
    const lines = 10 * Number(/^\/stream\?seconds=(.*)/.exec(path)?.[1] ?? 0);
    return lines === 0
        ? JSON.stringify({ ...who, method, receivedBytes: bodyBytes })
        : Array.from({ length: lines }, (_, index) => lineOf(who, index + 1, lines)).join("");
}

/** A line of a streaming response. */
export function lineOf({ version, id }: { version: string; id: string }, number: number, of: number): string {
    return `${version} line ${number} of ${of} ${id}\n`;
}

/** @returns an act that answers with these differences */
const answer =
    (different: Different = {}): Act =>
    (socket, request) =>
        socket.write(responseTo(request, different));

/** @returns the head and the first 5 bytes of the body */
const cut = (request: Received): string => responseTo(request).replace(/(\r\n\r\n.{5}).*/s, "$1");
const withoutLength = { length: "" };
const chunked = { length: "Transfer-Encoding: chunked" };

/** @returns a response without its last 5 bytes and without a length. The end of the connection is its only end */
const cutWithoutLength = (request: Received): string => responseTo(request, withoutLength).slice(0, -5);

/** @returns a response whose body has these chunks, without the empty last chunk */
const inChunks = (request: Received, chunks: string[]): string =>
    responseTo(request, {
        ...chunked,
        body: chunks.map(chunk => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join(""),
    });

function bodyOf(request: Received): string {
    return responseTo(request).split("\r\n\r\n")[1]!;
}

export const acts = {
    answer: answer(),
    answerAndClose: (socket, request) => socket.end(responseTo(request, { headers: ["Connection: close"] })),
    answerUntilClose: (socket, request) => socket.end(responseTo(request, withoutLength)),
    answerInChunks: (socket, request) => {
        const body = bodyOf(request);
        socket.write("HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n");
        socket.write(inChunks(request, [body.slice(0, 9), body.slice(9)]).slice(0, -7));
        setImmediate(() => socket.write(`${body.slice(-5)}\r\n0\r\n\r\n`));
    },
    closeWithoutAnswer: socket => socket.end(),
    resetWithoutAnswer: socket => socket.resetAndDestroy(),
    truncate: (socket, request) => socket.end(cut(request)),
    truncateHead: socket => socket.end("HTTP/1.1 200 OK\r\nContent-Le"),
    truncateChunks: (socket, request) => socket.end(inChunks(request, [bodyOf(request)])),
    truncateWithoutLength: (socket, request) => socket.end(cutWithoutLength(request)),
    resetMidBody: (socket, request) => socket.write(cut(request), () => socket.resetAndDestroy()),
    unavailable: answer({ body: "no server", status: "503 Service Unavailable" }),
    notFound: answer({ body: "not found", status: "404 Not Found" }),
    redirect: answer({ body: "", status: "302 Found", headers: ["Location: /elsewhere"] }),
    noContent: answer({ body: "", status: "204 No Content" }),
    garbage: socket => socket.write("this is not HTTP\r\n\r\n"),
    otherId: answer({ id: "0".repeat(19) }),
    otherIdInBody: answer({ idInBody: "0".repeat(19) }),
    withoutId: (socket, request) => socket.write(responseTo(request).replace(/x-load-id: .*\r\n/, "")),
    otherService: answer({ service: "shop" }),
    otherVersion: answer({ version: "v2" }),
    otherVersionInBody: answer({ versionInBody: "v2" }),
    otherBody: answer({ body: "<html>It works!</html>" }),
    otherMethod: (socket, request) => socket.write(responseTo({ ...request, method: "PUT" })),
    otherLengthOfRequest: (socket, request) =>
        socket.write(responseTo({ ...request, bodyBytes: request.bodyBytes + 1 })),
    answerTwice: (socket, request) => socket.write(responseTo(request).repeat(2)),
    stall: () => {},
    stallMidBody: (socket, request) => socket.write(cut(request)),
} satisfies Record<string, Act>;
