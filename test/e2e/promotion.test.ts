import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectSuccess } from "../support/command";
import { exampleServices } from "../support/example";
import { isFull } from "../support/isFull";
import { LiveFront } from "../support/LiveFront";
import { oneAfterTheOther, outputsOf, underLoad, webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

// The example `promotion` as a user goes through it. bake.test.ts and hooks.test.ts test each of its parts.
describe.runIf(isFull)("The example of a promotion by hand", () => {
    oneAfterTheOther();

    let stack: TestStack;

    beforeAll(async () => {
        stack = await createStack({ config: webStack(exampleServices("promotion").web) });
        expectSuccess(await stack.up());
    });

    afterAll(() => stack?.cleanup());

    it("migrates and proves a release, which then waits", async () => {
        stack.setConfig("services.web.image", "relink-hello:v2");
        const load = await underLoad("a release that waits", stack, async () => {
            const { stdout } = expectSuccess(await stack.up());
            const { green } = await new LiveFront(stack).record("web");
            expect(stdout).toContain(`the migrations for release ${green.release}`);
        });
        expect(Object.keys(load.byVersion)).toEqual(["v1"]);
        expect(await outputsOf(stack)).toMatchObject({ live: "blue", awaitingPromotion: expect.any(String) });
    });

    it("checks the promotion, and judges the release", async () => {
        const { green } = await new LiveFront(stack).record("web");
        stack.setConfig("services.web.promote", green.release);
        const load = await underLoad("its promotion", stack, async load => {
            const { stdout } = expectSuccess(await stack.up());
            expect(stdout).toContain("relink-hello:v2 is stable: 0 of");
            expect(stdout).not.toContain("the migrations for release");
            await load.until(({ byVersion }) => (byVersion.v2?.requests ?? 0) >= 100, "v2 answers");
        });
        expect(Object.keys(load.byVersion).sort()).toEqual(["v1", "v2"]);
        expect(await outputsOf(stack)).toMatchObject({ live: "green", stable: "green" });
    });
});
