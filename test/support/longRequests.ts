import * as http from "node:http";
import { WebSocket } from "ws";

/** A request whose answer takes long. */
export interface LongStream {
    /** The version that answered. */
    version: string;
    /** The whole body. Fails when it is cut. */
    body: Promise<string>;
    /** Waits for more of the body. Fails where it is cut or over. */
    goesOn(): Promise<void>;
    end(): void;
}

/**
 * Begins a streaming response of the sample app, and returns as soon as it has begun.
 *
 * @param host the Host header. @default that of `url`
 */
export function openStream(url: string, seconds: number, host?: string): Promise<LongStream> {
    return new Promise((resolve, reject) => {
        const headers = host === undefined ? {} : { host };
        const request = http.get(`${url}/stream?seconds=${seconds}`, { agent: false, headers }, response => {
            const body = new Promise<string>((done, cut) => {
                let text = "";
                response.setEncoding("utf8").on("data", chunk => {
                    text += chunk;
                });
                response.on("end", () => done(text));
                response.on("error", cut);
            });
            body.catch(() => {}); // the caller may wait for it later, or never
            resolve({
                version: String(response.headers["x-version"]),
                body,
                goesOn: () =>
                    new Promise((more, cut) => {
                        response.once("data", () => more());
                        const over = () => cut(new Error("the stream was over"));
                        body.then(over, cut);
                    }),
                end: () => request.destroy(),
            });
        });
        request.on("error", reject);
    });
}

/** A WebSocket to the sample app. */
export class OpenWebSocket {
    /** How it was closed; undefined while it is open. */
    closed: string | undefined;

    private constructor(private readonly webSocket: WebSocket) {
        webSocket.on("close", code => {
            this.closed = `closed with ${code}`;
        });
        webSocket.on("error", () => {}); // `close` follows
    }

    /** @param host the Host header. @default that of `url` */
    static open(url: string, host?: string): Promise<OpenWebSocket> {
        const headers = host === undefined ? {} : { host };
        const webSocket = new WebSocket(`${url.replace("http", "ws")}/ws`, { headers });
        const opened = new OpenWebSocket(webSocket);
        return new Promise((resolve, reject) => {
            webSocket.once("message", () => resolve(opened));
            webSocket.once("error", reject);
        });
    }

    /** Sends a message; returns the version that echoed it. */
    echo(): Promise<string> {
        return new Promise((resolve, reject) => {
            this.webSocket.once("message", text => resolve((JSON.parse(String(text)) as { version: string }).version));
            this.webSocket.once("close", code => reject(new Error(`the WebSocket was closed with ${code}`)));
            this.webSocket.send("still there?");
        });
    }

    end(): void {
        this.webSocket.terminate();
    }
}
