import { createServer as createHttp1Server } from "node:http";
import { createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import { type AddressInfo, connect, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type Dialer, request } from "../../../docker/dialer";

let server: Server | Http2Server;
afterEach(() => server.close());

/** Sends a request over HTTP/2 without TLS to the server, which listens here from then on. */
async function ask(listening: Server | Http2Server, timeoutMs = 5_000) {
    server = listening;
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", () => resolve()));
    const { port } = server.address() as AddressInfo;
    const dialer = { dial: async () => connect(port, "127.0.0.1") } as unknown as Dialer;
    const headers = { host: "shop.example.com" };
    return request(dialer, { address: "127.0.0.1", port, path: "/healthz", protocol: "h2c", headers, timeoutMs });
}

const h2c = (answer: (stream: ServerHttp2Stream, asked: string) => void) =>
    createServer().on("stream", (stream, headers) => {
        answer(
            stream.on("error", () => {}),
            `${headers[":method"]} ${headers[":authority"]}${headers[":path"]}`,
        );
    });

describe("a request over HTTP/2 without TLS", () => {
    it("has the host and the path, and returns status, headers and body", async () => {
        const answering = h2c((stream, asked) => {
            stream.respond({ ":status": 415, "x-asked": asked });
            stream.end("no gRPC");
        });
        expect(await ask(answering)).toMatchObject({
            status: 415,
            headers: { "x-asked": "GET shop.example.com/healthz" },
            body: "no gRPC",
        });
    });

    it("fails where the server resets the stream, speaks HTTP/1.1 alone, or is silent", async () => {
        await expect(ask(h2c(stream => stream.close(2)))).rejects.toThrow("GET http://127.0.0.1:");
        server.close();
        await expect(ask(createHttp1Server())).rejects.toThrow("GET http://127.0.0.1:");
        server.close();
        await expect(
            ask(
                h2c(() => {}),
                300,
            ),
        ).rejects.toThrow("no whole answer within 300 ms");
    });
});
