import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { converse } from "../../../docker/conversation";

let server: Server | undefined;
afterEach(() => void server?.close());

const dialer = { dial: async (host: string, port: number) => connect({ host, port }) };

/** Has a conversation with a server of this machine. */
async function talk(
    serve: (socket: Socket) => void,
    words: { send?: string; expect?: string; head?: Buffer },
    timeoutMs = 2_000,
): Promise<void> {
    server = createServer(socket => {
        socket.on("error", () => {});
        serve(socket);
    });
    await new Promise<void>(resolve => server!.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    return converse(dialer, { address: "127.0.0.1", port, timeoutMs, ...words });
}

const echo = (socket: Socket) => void socket.on("data", data => socket.write(`got ${data}`));

describe("a conversation", () => {
    it("sends what it has to, and ends once the answer has come, also in parts", async () => {
        await talk(echo, { head: Buffer.from("head "), send: "PING", expect: "got head PING" });
        const inParts = (socket: Socket) => {
            socket.write("22");
            setTimeout(() => socket.write("0 ready"), 50);
        };
        await talk(inParts, { expect: "220 r" });
    });

    it("is a connection that stays open, where nothing is expected", async () => {
        await talk(() => {}, {});
        await expect(talk(socket => socket.end(), {})).rejects.toThrow("was closed without a byte");
    });

    it("fails by another answer, by an end, and by silence", async () => {
        await expect(talk(socket => socket.end("-ERR"), { expect: "+PONG" })).rejects.toThrow("closed after 4 bytes");
        await expect(talk(socket => socket.resetAndDestroy(), { expect: "+PONG" })).rejects.toThrow();
        await expect(talk(echo, { send: "a", expect: "b" }, 100)).rejects.toThrow(
            "no answer as expected within 100 ms",
        );
        server?.close();
        await expect(converse(dialer, { address: "127.0.0.1", port: 1, timeoutMs: 100 })).rejects.toThrow(
            "127.0.0.1:1",
        );
    });
});
