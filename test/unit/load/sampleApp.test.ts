import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { expectNoLoss, type LoadSnapshot } from "../../support/load";
import { planLoad } from "../../support/load/LoadOptions";
import { LocalLoad } from "../../support/load/LocalLoad";
import { type Program, startSampleApp } from "./startProgram";

let app: Program;
beforeAll(async () => {
    app = await startSampleApp({ VERSION: "v7", RELINK_SERVICE: "shop" });
});
afterAll(() => app.process.kill());

const headers = { "x-load-id": "id-17" };

describe("The sample app names the request that it answers, and itself", () => {
    it.each(["/", "/slow?ms=5"])("%s: in headers and in the body", async path => {
        const response = await fetch(`${app.url}${path}`, { method: "POST", body: "12345", headers });
        expect(response.headers.get("x-load-id")).toBe("id-17");
        expect(response.headers.get("x-version")).toBe("v7");
        expect(await response.json()).toMatchObject({
            service: "shop",
            version: "v7",
            id: "id-17",
            method: "POST",
            receivedBytes: 5,
        });
    });

    it("/stream: in headers and in each line", async () => {
        const response = await fetch(`${app.url}/stream?seconds=0.2`, { headers });
        expect(response.headers.get("x-load-id")).toBe("id-17");
        expect(await response.text()).toBe("v7 line 1 of 2 id-17\nv7 line 2 of 2 id-17\n");
    });

    it("/ws: in the headers of the handshake", async () => {
        const webSocket = new WebSocket(`${app.url.replace("http", "ws")}/ws`, { headers });
        const [seen, hello] = await Promise.all([
            new Promise(resolve => webSocket.on("upgrade", response => resolve(response.headers))),
            new Promise(resolve => webSocket.once("message", text => resolve(JSON.parse(String(text))))),
        ]);
        webSocket.terminate();
        expect(seen).toMatchObject({ "x-load-id": "id-17", "x-version": "v7" });
        expect(hello).toEqual({ version: "v7", service: "shop", hello: true });
    });

    it("a request without an id is answered without one", async () => {
        const response = await fetch(`${app.url}/`);
        expect(response.headers.has("x-load-id")).toBe(false);
        expect(await response.json()).not.toHaveProperty("id");
    });

    it("the load client finds no failure in it", async () => {
        const load = new LocalLoad(
            planLoad({
                url: app.url,
                connections: 8,
                mix: { post: 2, newConnection: 1, slow: 1, stream: 1, webSocket: 1 },
                paths: { slow: "/slow?ms=20", stream: "/stream?seconds=0.3" },
                ratePerSecond: 1_000,
                answeredBy: { services: ["shop"], versions: ["v7"] },
            }),
        );
        while (!isEnough(load.ledger.snapshot())) {
            await new Promise(resolve => setTimeout(resolve, 20));
        }
        const result = await load.stop();
        expectNoLoss(result, { atLeast: 500 });
        expect(Object.keys(result.byLane)).toHaveLength(6);
    });
});

function isEnough({ answered, failed, streams, webSockets }: LoadSnapshot): boolean {
    return failed > 0 || (answered >= 500 && streams.completed > 1 && webSockets.messagesAnswered > 1);
}
