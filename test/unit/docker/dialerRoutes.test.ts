import { createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Dialer } from "../../../docker/dialer";
import type { Engine } from "../../../docker/Engine";

vi.mock("node:os", async original => ({ ...(await original<typeof import("node:os")>()), networkInterfaces: vi.fn() }));

let server: Server;
let port: number;

beforeEach(async () => {
    server = createServer(socket => socket.destroy());
    await new Promise<void>(resolve => server.listen(0, "127.0.0.2", resolve));
    port = (server.address() as { port: number }).port;
});

afterEach(() => void server.close());

/** @returns how a machine with this address in its subnet reaches a listener at 127.0.0.2 */
async function wayFrom(own: string): Promise<string> {
    const found = { address: own, cidr: `${own}/8`, family: "IPv4" } as never;
    vi.mocked(networkInterfaces).mockReturnValue({ eth0: [found] });
    const dialer = new Dialer({ isLocal: true } as Engine, "anchor");
    return (await dialer.agentFor("127.0.0.2", port)).constructor.name;
}

describe("A connection into the front's network", () => {
    it("is direct from the Docker host, which is the network's gateway", async () => {
        expect(await wayFrom("127.0.0.1")).toBe("Agent");
    });

    it("goes through a command in the anchor from a container in that network, whose own connections HAProxy closes", async () => {
        expect(await wayFrom("127.0.0.9")).toBe("RelayAgent");
    });
});
