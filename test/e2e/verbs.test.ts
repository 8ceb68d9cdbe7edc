import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectFailure, expectSuccess } from "../support/command";
import { isFull } from "../support/isFull";
import { LiveFront } from "../support/LiveFront";
import { urnOf } from "../support/resources";
import { lifeOf, oneAfterTheOther, outputsOf, underLoad, webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";
import { everythingNamedAfter } from "../support/sweep";

// Pulumi's own commands on a stack that serves.
let stack: TestStack;
let front: LiveFront;

beforeAll(async () => {
    stack = await createStack({ config: webStack({ replicas: 1, minHealthyTime: "500ms" }) });
    front = new LiveFront(stack);
    expectSuccess(await stack.up());
});

afterAll(() => stack?.cleanup());

const lives = async (): Promise<string[]> => [...(await lifeOf(stack, "blue")), ...(await lifeOf(stack, "green"))];

/** Expects that a refused command changes neither a container nor the link. */
async function untouched(scenario: string, act: () => Promise<void>): Promise<void> {
    const before = [await lives(), await everythingNamedAfter(stack.front)];
    const { link } = await front.record("web");
    const load = await underLoad(scenario, stack, act);
    expect(Object.keys(load.byVersion)).toHaveLength(1);
    expect([await lives(), await everythingNamedAfter(stack.front)]).toEqual(before);
    expect((await front.record("web")).link).toEqual(link);
}

describe("Pulumi's own verbs", () => {
    oneAfterTheOther();

    it("up --target of a link without its color is refused, and nothing moves", async () => {
        stack.setConfig("services.web.image", "relink-hello:v2");
        const urn = await urnOf(stack, "Link web");
        await untouched("up --target of the link alone", async () => {
            const printed = expectFailure(await stack.up(["--target", urn]));
            expect(printed).toContain("the link stays, since green runs release none");
        });
    });

    it("up --target of a color releases and proves it, and the next up moves the link", async () => {
        const urn = await urnOf(stack, "Deployment web-green");
        const load = await underLoad("up --target of a color alone", stack, async load => {
            expectSuccess(await stack.up(["--target", urn]));
            expect((await front.service("web")).live).toBe("blue");
            await load.mark("the next up");
            const { stdout } = expectSuccess(await stack.up());
            expect(stdout).toContain("green holds relink-hello:v2, proved: the link moves blue => green");
        });
        expect(Object.keys(load.phases[0]?.byVersion ?? {})).toEqual(["v1"]);
        expect(await outputsOf(stack)).toMatchObject({ live: "green" });
    });

    it.runIf(isFull)("up --plan carries out what preview --save-plan has planned", async () => {
        const plan = join(stack.path, "plan.json");
        stack.setConfig("services.web.image", "relink-hello:v1");
        expectSuccess(await stack.pulumi(["preview", "--save-plan", plan]));
        await underLoad("up --plan", stack, async () => {
            expectSuccess(await stack.up(["--plan", plan]));
        });
        expect(await outputsOf(stack)).toMatchObject({ live: "blue" });
    });

    it.runIf(isFull)(
        "up --plan is refused before anything is changed when the stack has changed since the plan",
        async () => {
            const plan = join(stack.path, "stale.json");
            stack.setConfig("services.web.image", "relink-hello:v2");
            expectSuccess(await stack.pulumi(["preview", "--save-plan", plan]));
            // Another `up` comes first.
            expectSuccess(await stack.up());
            stack.setConfig("services.web.image", "relink-hello:v1");
            expectSuccess(await stack.up());
            stack.setConfig("services.web.env", { BUILD: "2" });
            await untouched("up --plan with a stale plan", async () => {
                expectFailure(await stack.up(["--plan", plan]));
            });
            stack.setConfig("services.web.env", undefined);
            expect(expectSuccess(await stack.up()).stdout).toMatch(/Resources:\n\s+\d+ unchanged/);
        },
    );

    it.runIf(isFull).each(["Link web", "Deployment web-blue", "BlueGreenService web", "FrontConfig front-config"])(
        "after state delete of %s, the next up adopts it again and touches nothing",
        async resource => {
            await untouched(`state delete of ${resource}`, async () => {
                const urn = await urnOf(stack, resource);
                const args = ["state", "delete", urn, "--yes", "--target-dependents"];
                expectSuccess(await stack.pulumi(args));
                expectSuccess(await stack.up());
            });
            expect(expectSuccess(await stack.up()).stdout).toMatch(/Resources:\n\s+\d+ unchanged/);
        },
    );

    it("destroy removes a stack whose first release failed, and a second destroy finds nothing", async () => {
        const failed = await createStack({
            config: webStack({ image: "relink-hello:broken-exit", replicas: 1, healthyDeadline: "20s" }),
        });
        try {
            expectFailure(await failed.up());
            expectSuccess(await failed.destroy());
            expect(await everythingNamedAfter(failed.front)).toEqual([]);
            expectSuccess(await failed.destroy());
        } finally {
            await failed.cleanup();
        }
    });

    it("destroy removes the rest of a stack that somebody has half removed", async () => {
        const { docker } = front.engine;
        const { generations } = await front.observe();
        await docker.getContainer(generations[0]!.id).remove({ force: true });
        await docker.getContainer(`${stack.front}-web-blue-1`).remove({ force: true });
        expectSuccess(await stack.destroy());
        expect(await everythingNamedAfter(stack.front)).toEqual([]);
    });
});
