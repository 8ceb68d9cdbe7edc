import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stopContainer } from "../../../docker/containers";
import { exec } from "../../../docker/exec";
import { FakeEngine } from "./FakeEngine";

// The Engine accepts every request, and answers none of those that the test waits for.
let fake: FakeEngine;
beforeEach(async () => {
    fake = await FakeEngine.start(({ path }) =>
        path.endsWith("/exec") ? [201, { Id: "1" }] : path.endsWith("/update") ? [200, {}] : [200],
    );
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(async () => {
    vi.useRealTimers();
    await fake.close();
});

/** @returns after how many seconds a call fails; undefined if it is still open after five minutes */
async function secondsUntilItFails(call: Promise<unknown>, path: string): Promise<number | undefined> {
    let error: unknown;
    call.catch(reason => {
        error = reason;
    });
    while (!fake.asked.some(asked => asked.endsWith(path))) {
        await turn();
    }
    for (let second = 1; second <= 300; second++) {
        vi.advanceTimersByTime(1_000);
        await turn();
        if (error !== undefined) {
            expect((error as Error).message).toMatch(/did not answer within|has not ended within/);
            return second;
        }
    }
    return undefined;
}

/** Waits one turn of the event loop, so that sockets and promises go on. */
async function turn(): Promise<void> {
    for (let count = 0; count < 20; count++) {
        await new Promise(resolve => setImmediate(resolve));
    }
}

describe("a Docker Engine that hangs", () => {
    it("fails a short call after two minutes", async () => {
        const call = fake.engine.docker.getContainer("web-1").inspect();
        expect(await secondsUntilItFails(call, "/web-1/json")).toBe(120);
    });

    it("fails the stop of a container after its grace period and two minutes", async () => {
        expect(await secondsUntilItFails(stopContainer(fake.engine, "web-1", 30_000), "/web-1/stop")).toBe(150);
    });

    it("fails a command in a container after two minutes", async () => {
        expect(await secondsUntilItFails(exec(fake.engine, "web-1", ["haproxy", "-c"]), "/exec/1/start")).toBe(120);
    });

    it("does not end a stream that has begun", async () => {
        const stream = await fake.engine.docker.getEvents({});
        let ended = false;
        stream.once("close", () => {
            ended = true;
        });
        vi.advanceTimersByTime(300_000);
        await turn();
        expect(ended).toBe(false);
        (stream as unknown as { destroy(): void }).destroy();
    });
});
