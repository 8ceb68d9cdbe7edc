import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../docker/Engine";
import { expectSuccess } from "../support/command";
import { LiveFront } from "../support/LiveFront";
import { type LoadResult, startLoad } from "../support/load";
import { containersOf, oneAfterTheOther, webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

/** Requests that are answered in a row, by then the service is back. */
const backAgain = 300;

/**
 * Does something that costs requests, and waits until they are answered again without anybody's help. The gap, from what
 * was done to the last lost request that was seen, is printed: it is what the documents may promise.
 */
async function gapUnderLoad(scenario: string, stack: TestStack, harm: () => Promise<void>): Promise<LoadResult> {
    const load = await startLoad({
        url: stack.url,
        connections: 8,
        mix: { post: 2, newConnection: 1 },
        ratePerSecond: 200,
        maxSeconds: 120,
        maxRequests: 50_000,
    });
    try {
        await load.until(({ answered }) => answered >= 100, "the load is on");
        const before = await load.snapshot();
        await harm();
        let last = before;
        await load.until(now => {
            if (now.failed > last.failed) {
                last = now;
            }
            // Back is: so many answered since the last one that was lost.
            return now.answered >= last.answered + backAgain;
        }, "the service is back");
        const result = await load.stop();
        const { requests, answered, failed, open } = result;
        expect(requests).toBe(answered + failed + open);
        const gap = last === before ? "no gap" : `gap ${Math.round(last.atMs - before.atMs)} ms`;
        console.log(`scenario ${scenario}: ${requests} requests, ${failed + open} failed, ${gap}`);
        return result;
    } finally {
        load.kill();
    }
}

describe("what heals by itself", () => {
    const engine = Engine.connect();
    let stack: TestStack;
    let front: LiveFront;

    oneAfterTheOther();

    beforeAll(async () => {
        stack = await createStack({ config: webStack() });
        expectSuccess(await stack.up());
        stack.setConfig("services.web.image", "relink-hello:v2");
        expectSuccess(await stack.up());
        front = new LiveFront(stack);
    });

    afterAll(() => stack?.cleanup());

    /** Kills a container's first process, as a crash does: `docker kill` would count as a wish. */
    async function crash(name: string): Promise<void> {
        const { State } = await engine.docker.getContainer(name).inspect();
        process.kill(State.Pid, "SIGKILL");
    }

    /** Afterwards everything is as it was confirmed, and an `up` has nothing to do. */
    async function expectHealed(result: LoadResult): Promise<void> {
        expect(Object.keys(result.byVersion)).toEqual(["v2"]);
        const service = await front.service("web");
        expect(service).toMatchObject({ live: "green", confirmed: "green", green: { running: 2, replicas: 2 } });
        const { stdout } = expectSuccess(await stack.up());
        expect(stdout).toContain("nothing to do: green serves relink-hello:v2");
    }

    it("a killed HAProxy comes back with the confirmed link", async () => {
        const [generation] = (await front.observe()).generations;
        await expectHealed(
            await gapUnderLoad("HAProxy killed", stack, async () => {
                await crash(generation!.name);
            }),
        );
    });

    it("a killed anchor comes back, and HAProxy joins its new network namespace", async () => {
        for (const time of ["first", "second"]) {
            await expectHealed(await gapUnderLoad(`anchor killed, ${time} time`, stack, () => crash(stack.front)));
        }
    });

    it("a killed container of the live color comes back at its own address, while the other one serves", async () => {
        const [container] = await containersOf(stack, "green");
        const result = await gapUnderLoad("live container killed", stack, () => crash(container!.name));
        await expectHealed(result);
        const [again] = await containersOf(stack, "green");
        expect(again).toMatchObject({ name: container!.name, address: container!.address, state: "running" });
    });
});
