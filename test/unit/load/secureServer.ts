import { once } from "node:events";
import * as http from "node:http";
import * as http2 from "node:http2";
import type { AddressInfo } from "node:net";
import * as net from "node:net";
import type { MadeCertificate } from "../../support/certificates";

/** The server's reaction to one stream of HTTP/2, instead of an answer. */
export type Act = (stream: http2.ServerHttp2Stream, answer: () => void, cut: () => void) => void;

export interface SecureServerOptions {
    /** URL of the app that answers. */
    app: string;
    /** Names the act for stream n (1, 2, ...; over all connections). @default the app answers every stream */
    choose?: (streamNumber: number) => Act | undefined;
    /** Changes the app's answers over HTTP/2. */
    change?: (text: string) => string;
}

export interface SecureServer {
    url: string;
    /** Streams of HTTP/2 that arrived. */
    streams: number;
    close(): Promise<void>;
}

/** Starts a server with TLS before an app without it. It has HTTP/1.1, WebSocket, and HTTP/2 with the wanted faults. */
export async function startSecureServer(
    { certificate, key }: MadeCertificate,
    { app, choose = () => undefined, change = text => text }: SecureServerOptions,
): Promise<SecureServer> {
    const sockets = new Set<net.Socket>();
    const secure = { url: "", streams: 0, close };
    const server = http2.createSecureServer({ cert: certificate, key, allowHTTP1: true });
    server.on("connection", (socket: net.Socket) => {
        sockets.add(socket);
        socket.on("error", () => {});
    });
    server.on("stream", (stream, headers) => {
        secure.streams += 1;
        stream.on("error", () => {});
        const cut = () => {
            for (const socket of sockets) {
                socket.destroy();
            }
        };
        const answer = () => void answerStream(stream, headers, app, change);
        (choose(secure.streams) ?? answer)(stream, answer, cut);
    });
    server.on("request", (request, response) => {
        if (request.httpVersionMajor === 1) {
            forward(request as unknown as http.IncomingMessage, response as unknown as http.ServerResponse, app);
        }
    });
    server.on("upgrade", (request, socket, head) => splice(request, socket, head, app));
    server.on("sessionError", () => {});
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    secure.url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return secure;

    async function close(): Promise<void> {
        const closed = once(server, "close");
        server.close();
        for (const socket of sockets) {
            socket.destroy();
        }
        await closed;
    }
}

async function answerStream(
    stream: http2.ServerHttp2Stream,
    headers: http2.IncomingHttpHeaders,
    app: string,
    change: (text: string) => string,
): Promise<void> {
    const id = String(headers["x-load-id"]);
    const response = await fetch(`${app}${headers[":path"]}`, { headers: { "x-load-id": id } });
    const body = change(await response.text());
    const head = { ":status": response.status, "x-load-id": id, "x-version": response.headers.get("x-version") ?? "" };
    if (!stream.destroyed) {
        stream.respond(head);
        stream.end(body);
    }
}

function forward(request: http.IncomingMessage, response: http.ServerResponse, app: string): void {
    const { method, headers, url = "/" } = request;
    const onward = http.request(`${app}${url}`, { method, headers }, answer => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
}

function splice(request: http.IncomingMessage, client: net.Socket, head: Buffer, app: string): void {
    const onward = net.connect({ host: "127.0.0.1", port: Number(new URL(app).port) });
    const lines = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
    onward.write(`GET ${request.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
    onward.write(head);
    client.pipe(onward).pipe(client);
    client.on("error", () => onward.destroy());
    onward.on("error", () => client.destroy());
}
