import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectSuccess } from "../support/command";
import { isFull } from "../support/isFull";
import { openStream } from "../support/longRequests";
import { containersOf, outputsOf, underLoad, webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

const streamSeconds = 600;
/** Time limit of the release, which waits for the stream. */
const patienceSeconds = streamSeconds + 200;

describe.runIf(isFull)("A stream of ten minutes", () => {
    let stack: TestStack;

    beforeAll(async () => {
        stack = await createStack({ config: webStack({ drainTimeout: "15m", previousColor: "stop" }) });
        expectSuccess(await stack.up());
    });

    afterAll(() => stack?.cleanup());

    it(
        "ends on the old color, which is stopped only then, while new requests go to the new color at once",
        async () => {
            const stream = await openStream(stack.url, streamSeconds);
            expect(stream.version).toBe("v1");
            stack.setConfig("services.web.image", "relink-hello:v2");
            const up = stack.start(["up", "--yes", "--skip-preview"], { timeoutSeconds: patienceSeconds });
            const load = await underLoad("a stream of ten minutes at drain", stack, async load => {
                await load.until(({ byVersion }) => (byVersion.v2?.requests ?? 0) >= 1_000, "v2 answers", 120);
                await stream.goesOn();
                await load.mark("afterwards");
            });
            expect(Object.keys(load.phases.at(-1)?.byVersion ?? {})).toEqual(["v2"]);
            expect((await containersOf(stack, "blue")).map(({ state }) => state)).toEqual(["running", "running"]);
            await expect(stream.body).resolves.toMatch(/\S/);
            const { stdout } = expectSuccess(await up.result);
            expect(stdout).toContain("blue was drained and stopped");
            expect((await containersOf(stack, "blue")).map(({ state }) => state)).toEqual(["exited", "exited"]);
            expect(await outputsOf(stack)).toMatchObject({ live: "green", stable: "green" });
        },
        patienceSeconds * 1_000,
    );
});
