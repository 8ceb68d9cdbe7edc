import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { Engine } from "../../../../docker/Engine";
import { ColorWatch } from "../../../../engines/docker/ColorWatch";

let stream: ServerResponse | undefined;
const server = createServer((_request, response) => {
    stream = response.writeHead(200);
    response.flushHeaders();
});
afterEach(async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
});

describe("a watch of a color's containers", () => {
    it("wakes the current wait although an earlier one was given up", async () => {
        await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
        const { port } = server.address() as AddressInfo;
        const watch = await ColorWatch.open(Engine.connect(`tcp://127.0.0.1:${port}`), { "relink.color": "blue" });
        void watch.next();
        const next = watch.next();
        const died = { Action: "die", Actor: { ID: "blue-1" }, time: 1, timeNano: 1_000_000_000 };
        stream?.write(`${JSON.stringify(died)}\n`);
        expect(await next).toMatchObject({ action: "die", containerId: "blue-1" });
        watch.close();
    });
});
