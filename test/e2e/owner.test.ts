import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectSuccess } from "../support/command";
import { HaltedRun } from "../support/HaltedRun";
import { LiveFront } from "../support/LiveFront";
import { recipe } from "../support/recipe";
import { lifeOf, oneAfterTheOther, underLoad, webStack, withoutWebSockets } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";
import { sweepStack } from "../support/sweep";
import { until } from "../support/until";

// Rule 12 of docs/design.md, and fault 12: who may change a front. One stack serves while others try.

let stack: TestStack;

beforeAll(async () => {
    stack = await createStack({ config: webStack({ replicas: 1 }) });
    expectSuccess(await stack.up());
    stack.setConfig("services.web.image", "relink-hello:v2");
    expectSuccess(await stack.up());
});

afterAll(async () => {
    const renamed = `${stack?.name}-new`;
    await stack?.cleanup();
    await sweepStack(renamed);
});

async function life(): Promise<unknown> {
    const { anchor, generations } = await new LiveFront(stack).observe();
    const front = [anchor, ...generations].map(container => `${container?.id} since ${container?.startedAt}`);
    return [front, await lifeOf(stack, "blue"), await lifeOf(stack, "green")];
}

describe("A front that another stack owns", () => {
    oneAfterTheOther();

    it("fault 12: is refused to a second stack with the owner's name, before anything changes", async () => {
        const before = await life();
        const other = await createStack({ config: webStack({}, { front: { name: stack.front } }) });
        try {
            for (const run of [other.preview(), other.up()]) {
                const { code, stdout, stderr } = await run;
                expect(code).not.toBe(0);
                expect(stdout + stderr).toContain(
                    `The front ${stack.front} belongs to the stack relink/${stack.name}; nothing was done.`,
                );
            }
        } finally {
            await other.cleanup();
        }
        expect(await life()).toEqual(before);
    });

    it("fault 12: makes a second up with lockTimeout wait for the first one, and then plan anew", async () => {
        const copy = stack.copy();
        stack.setConfig("services.web.image", "relink-hello:v1");
        copy.setConfig("services.web.image", "relink-hello:v1");
        copy.setConfig("services.web.lockTimeout", "2m");
        try {
            await underLoad(
                "two ups, the second one waits",
                stack,
                async () => {
                    const first = await HaltedRun.at("link: memory", stack);
                    const second = copy.start(["up", "--yes", "--skip-preview"]);
                    await until(
                        async () => (second.output().includes("waiting for another up to end") ? true : undefined),
                        { deadline: Date.now() + 120_000, what: "the second up waits" },
                    );
                    first.resume();
                    expectSuccess(await first.command.result);
                    const { stdout } = expectSuccess(await second.result);
                    expect(stdout).toContain("nothing to do: blue serves relink-hello:v1.");
                },
                { mix: withoutWebSockets, ratePerSecond: 100 },
            );
        } finally {
            await copy.cleanup();
        }
    });

    it("is taken over by the docs' commands after a rename, and no container is touched", async () => {
        const before = await life();
        const old = stack.copy();
        const renamed = `${stack.name}-new`;
        const commands = recipe("state.md", "## The stack is renamed or moved to another project")
            .replaceAll("FRONT", stack.front)
            .replaceAll("PROJECT/prod", `relink/${stack.name}`)
            .replaceAll("staging", renamed);
        try {
            await underLoad(
                "a renamed stack",
                stack,
                async () => {
                    expectSuccess(await stack.pulumi(["stack", "select"]));
                    const { stdout } = expectSuccess(await stack.shell(commands));
                    expect(stdout).toContain(
                        `takes over what runs from the stack relink/${stack.name}; nothing to do: blue serves`,
                    );
                    const again = expectSuccess(await stack.shell("pulumi up"));
                    expect(again.stdout).toMatch(/Resources:\n\s+15 unchanged/);
                    for (const command of ["up", "destroy"]) {
                        const refused = await old.pulumi([command, "--yes", "--skip-preview"]);
                        expect(refused.code, refused.stdout).not.toBe(0);
                        expect(refused.stdout + refused.stderr).toContain(`the stack relink/${renamed}`);
                    }
                },
                { mix: withoutWebSockets, ratePerSecond: 100 },
            );
        } finally {
            await old.cleanup();
        }
        expect(await life()).toEqual(before);
    });
});
