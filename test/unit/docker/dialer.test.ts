import { Agent, createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type Dialer, request } from "../../../docker/dialer";

let server: Server;
afterEach(() => {
    server.closeAllConnections();
    server.close();
});

/** Sends a request to a server of this machine with this answer. */
async function ask(path: string, answer: Parameters<typeof createServer>[1], timeoutMs: number) {
    server = createServer(answer as never);
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const dialer = { agentFor: async () => new Agent() } as unknown as Dialer;
    return request(dialer, { address: "127.0.0.1", port, path, timeoutMs });
}

describe("a request of relink's", () => {
    it("follows no redirect, because another server's answer does not judge this release", async () => {
        const answer = await ask(
            "/",
            (request, response) => {
                response.writeHead(request.url === "/" ? 302 : 200, { location: "/elsewhere" }).end();
            },
            5_000,
        );
        expect(answer).toMatchObject({ status: 302, headers: { location: "/elsewhere" } });
    });

    it("ends at its timeout, also in the middle of an answer", async () => {
        const late = new Promise<string>(resolve => setTimeout(resolve, 3_000, "is still waiting"));
        for (const begin of [() => {}, (response: { write(text: string): void }) => response.write("half")]) {
            const asked = ask("/", ((_request: unknown, response: never) => begin(response)) as never, 200);
            await expect(Promise.race([asked, late])).rejects.toThrow("no whole answer within 200 ms");
            server.closeAllConnections();
            server.close();
        }
    });
});
