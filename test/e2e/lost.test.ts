import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isReadOnlyScript } from "../../haproxy/cli";
import { expectSuccess } from "../support/command";
import { EngineProxy } from "../support/engineProxy";
import { isFull } from "../support/isFull";
import { LiveFront } from "../support/LiveFront";
import { endState, leftovers } from "../support/leftovers";
import { recipe } from "../support/recipe";
import { lifeOf, oneAfterTheOther, outputsOf, underLoad, webStack, withoutWebSockets } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";
import { everythingNamedAfter } from "../support/sweep";
import { temporaryFolder } from "../support/temporaryFolder";

// Pulumi's state is lost again and again while the stack serves. The recipes are those of docs/state.md.

const folder = temporaryFolder("lost");
const hookLog = join(folder, "log");
const hookRuns = (): number => (existsSync(hookLog) ? readFileSync(hookLog, "utf8").trim().split("\n").length : 0);

let stack: TestStack;
let front: LiveFront;
let proxy: EngineProxy;

beforeAll(async () => {
    proxy = await EngineProxy.beforeEngine();
    const hooks = { prePromotion: { command: `echo run >> ${hookLog}` } };
    stack = await createStack({ env: { DOCKER_HOST: proxy.host }, config: webStack({ hooks, secrets: ["TOKEN"] }) });
    await stack.setSecret('relink:secrets["web.TOKEN"]', "a-token-of-the-test");
    front = new LiveFront(stack);
    expectSuccess(await stack.up());
    stack.setConfig("services.web.image", "relink-hello:v2");
    expectSuccess(await stack.up());
});

afterAll(async () => {
    await stack?.cleanup();
    await proxy?.close();
});

/** @returns everything that an adoption must leave as it is */
async function life(): Promise<unknown> {
    const { anchor, generations, records } = await front.observe();
    return {
        containers: [...(await lifeOf(stack, "blue")), ...(await lifeOf(stack, "green"))],
        front: [anchor, ...generations].map(container => `${container?.id} since ${container?.startedAt}`),
        key: records.key?.toString("hex"),
        end: await endState(stack),
        hookRuns: hookRuns(),
    };
}

/** A resource in an exported state. */
interface StateOf {
    inputs: Record<string, unknown>;
    outputs: Record<string, unknown>;
}

/**
 * Changes of the anchor's state into that of commit ccd48cf, the last one without the anchor's `envs` and `securityOpts`.
 * Taken from states that this commit made.
 */
const before = {
    "with the plugin that the set-up built then": ({ inputs, outputs }: StateOf) => {
        forgetDelta(outputs);
        for (const key of ["envs", "securityOpts"]) {
            delete inputs[key];
            delete outputs[key];
        }
    },
    "with the vendor's plugin": ({ inputs, outputs }: StateOf) => {
        for (const key of ["envs", "securityOpts"]) {
            delete inputs[key];
            outputs[key] = [];
        }
    },
    "by an import after which every up failed": ({ inputs, outputs }: StateOf) => {
        forgetDelta(outputs);
        for (const key of [
            "envs",
            "securityOpts",
            "labels",
            "ports",
            "volumes",
            "networksAdvanced",
            "ulimits",
            "start",
        ]) {
            delete inputs[key];
        }
        delete outputs.envs;
        outputs.securityOpts = [];
    },
};

/** Removes the notes that only the vendor's plugin makes beside its outputs, to find its own values again. */
function forgetDelta(outputs: StateOf["outputs"]): void {
    delete outputs.__pulumi_raw_state_delta;
    delete outputs.__meta;
}

/** Changes the anchor in the state by one of `before`. */
async function goBackTo(change: (anchor: StateOf) => void): Promise<void> {
    const { stdout } = expectSuccess(await stack.pulumi(["stack", "export", "--show-secrets"]));
    const state = JSON.parse(stdout) as { deployment: { resources: (StateOf & { urn: string })[] } };
    const anchor = state.deployment.resources.find(({ urn }) => urn.endsWith("::front-anchor"));
    if (anchor === undefined) {
        throw new Error("the state holds no anchor");
    }
    change(anchor);
    const file = join(folder, "state.json");
    writeFileSync(file, JSON.stringify(state));
    expectSuccess(await stack.pulumi(["stack", "import", "--file", file]));
}

/** @returns the commands of docs/state.md for this stack */
function commands(heading: string): string {
    return recipe("state.md", heading)
        .replaceAll("FRONT", stack.front)
        .replaceAll(/\bprod\b/g, stack.name);
}

async function expectNothingToDo(): Promise<void> {
    proxy.clear();
    const { stdout } = expectSuccess(await stack.up());
    expect(stdout).toContain("nothing to do: ");
    expect(stdout).toMatch(/Resources:\n\s+16 unchanged/);
    expect(proxy.calls.length).toBeGreaterThan(0);
    expect(proxy.mutatingCalls(({ argv, stdin }) => isReadOnlyScript(argv, stdin))).toEqual([]);
}

describe("After Pulumi's state was lost", () => {
    oneAfterTheOther();

    it("the docs' commands adopt what runs without touching it, and the next up has nothing to do", async () => {
        const before = await life();
        await underLoad("adopt after a lost state", stack, async () => {
            stack.loseState();
            const { stdout } = expectSuccess(await stack.shell(commands("## The state is lost")));
            expect(stdout).toContain(
                "adopts what runs, which Pulumi's state does not know; nothing to do: green serves relink-hello:v2.",
            );
            expect(stdout).toMatch(/= 5 imported/);
        });
        expect(await life()).toEqual(before);
        expect((await leftovers(stack)).join("; ")).toBe("");
        expect(await outputsOf(stack)).toMatchObject({ live: "green", blue: { image: "relink-hello:v1" } });
        await expectNothingToDo();
    });

    it("an up with an older state of the anchor has nothing to do, and does not touch the anchor", async () => {
        const untouched = await life();
        stack.loseState();
        expectSuccess(await stack.pulumi(["stack", "init", stack.name]));
        expectSuccess(await stack.up());
        expect(await life()).toEqual(untouched);
        for (const [how, change] of Object.entries(before)) {
            await goBackTo(change);
            const { stdout } = expectSuccess(await stack.up());
            expect(stdout, how).toContain("nothing to do: green serves relink-hello:v2.");
            expect(await life(), how).toEqual(untouched);
            await expectNothingToDo();
        }
    });

    it.runIf(isFull)("the up that adopts also returns to the config's release", async () => {
        const blue = await lifeOf(stack, "blue");
        stack.setConfig("services.web.image", "relink-hello:v1");
        const load = await underLoad(
            "adopt, then return",
            stack,
            async load => {
                stack.loseState();
                expectSuccess(await stack.pulumi(["stack", "init", stack.name]));
                const { stdout } = expectSuccess(await stack.up());
                expect(stdout).toContain(
                    "adopts what runs, which Pulumi's state does not know; then blue still holds relink-hello:v1 and is warm",
                );
                await load.until(({ byVersion }) => (byVersion.v1?.requests ?? 0) >= 50, "v1 answers");
            },
            { mix: withoutWebSockets },
        );
        expect(Object.keys(load.byVersion).sort()).toEqual(["v1", "v2"]);
        expect(await lifeOf(stack, "blue")).toEqual(blue);
        await expectNothingToDo();
    });

    it.runIf(isFull)("the up that adopts also brings a new release to the idle color", async () => {
        const blue = await lifeOf(stack, "blue");
        stack.setConfig("services.web.image", "relink-hello:v2");
        stack.setConfig("services.web.env", { LEVEL: "debug" });
        await underLoad("adopt, then release", stack, async () => {
            stack.loseState();
            expectSuccess(await stack.pulumi(["stack", "init", stack.name]));
            const { stdout } = expectSuccess(await stack.up());
            expect(stdout).toContain("then green gets relink-hello:v2");
        });
        expect(await lifeOf(stack, "blue")).toEqual(blue);
        await expectNothingToDo();
    });

    it.runIf(isFull)("an import by hand with the docs' file has the same result", async () => {
        const before = await life();
        await underLoad("pulumi import by hand", stack, async () => {
            stack.loseState();
            expectSuccess(await stack.pulumi(["stack", "init", stack.name]));
            expectSuccess(await stack.shell(commands("### By hand")));
            const { stdout } = expectSuccess(await stack.up());
            expect(stdout).toContain("adopts what runs");
            expect(stdout).not.toContain("imported");
        });
        expect(await life()).toEqual(before);
        await expectNothingToDo();
    });

    it.runIf(isFull)("destroy removes everything that was adopted", async () => {
        expectSuccess(await stack.destroy());
        expect(await everythingNamedAfter(stack.front)).toEqual([]);
    });
});
