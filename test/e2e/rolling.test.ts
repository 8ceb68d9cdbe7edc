import { existsSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectSuccess } from "../support/command";
import { HaltedRun } from "../support/HaltedRun";
import { LiveFront } from "../support/LiveFront";
import { containersOf, oneAfterTheOther, outputsOf, underLoad, webStack, withoutWebSockets } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

// `strategy: rolling`, inside the live color, under load all the time: each test begins where the one before has ended.

const v1 = "relink-hello:v1";
const v2 = "relink-hello:v2";
const load = { mix: withoutWebSockets, ratePerSecond: 100 };

let stack: TestStack;
let front: LiveFront;
const marks = join(tmpdir(), `relink-rolling-${process.pid}`);

beforeAll(async () => {
    stack = await createStack({ config: webStack({ strategy: "rolling", minHealthyTime: "500ms" }) });
    front = new LiveFront(stack);
    expectSuccess(await stack.up());
});

afterAll(async () => {
    rmSync(marks, { force: true });
    await stack?.cleanup();
});

oneAfterTheOther();

/** What `up` is to do next. */
function wish(image: string, rolling: object = {}, more: Record<string, unknown> = {}): void {
    stack.setConfig("services.web.image", image);
    stack.setConfig("services.web.strategy", { rolling });
    for (const [key, value] of Object.entries(more)) {
        stack.setConfig(`services.web.${key}`, value);
    }
}

/** Every container of blue is of one image, up and known; nothing is left open, and green holds nothing. */
async function expectRolled(image: string, replicas = 2): Promise<void> {
    const containers = await containersOf(stack, "blue");
    expect(containers).toHaveLength(replicas);
    const { Id } = await front.engine.docker.getImage(image).inspect();
    expect(containers.map(({ imageId, state }) => `${imageId} ${state}`)).toEqual(
        containers.map(() => `${Id} running`),
    );
    const { blue, live, intent } = await front.service("web");
    expect({ live, intent, ready: blue.ready, deviations: blue.deviations, strays: blue.strays }).toEqual({
        live: "blue",
        intent: undefined,
        ready: replicas,
        deviations: [],
        strays: [],
    });
    const { front: haproxy } = await front.observe();
    for (const worker of haproxy?.workers.filter(({ old }) => !old) ?? []) {
        expect(worker.releases.get("web-blue")).toBe(blue.release?.id);
    }
    expect(await containersOf(stack, "green")).toEqual([]);
    expect(await outputsOf(stack)).toMatchObject({ live: "blue", stable: "blue", blue: { image } });
}

describe("A rolling release loses no request", () => {
    it.each([
        ["startFirst, step 1", v2, {}],
        ["startFirst, step half", v1, { step: "half" }],
        ["startFirst, step service", v2, { step: "service" }],
        ["stopFirst, back to the old image", v1, { order: "stopFirst" }],
    ] as const)("%s", async (name, image, rolling) => {
        wish(image, rolling);
        await underLoad(`rolling, ${name}`, stack, async () => void expectSuccess(await stack.up()), load);
        await expectRolled(image);
    });

    it("scale together with a new image", async () => {
        wish(v2, { step: "half" }, { replicas: 3 });
        await underLoad("rolling and scale", stack, async () => void expectSuccess(await stack.up()), load);
        await expectRolled(v2, 3);
    });

    it("preStopCommand on this machine, once for each old container, with its id", async () => {
        const ids = (await containersOf(stack, "blue")).map(({ id }) => id);
        wish(v1, { step: 2, preStopCommand: `echo {id} >> ${marks}` }, { replicas: 2 });
        await underLoad("rolling, preStopCommand", stack, async () => void expectSuccess(await stack.up()), load);
        expect(readFileSync(marks, "utf8").trim().split("\n").sort()).toEqual(ids.sort());
        await expectRolled(v1);
    });

    it("preStopCommand in the container that fails: the release stops, and is taken back", async () => {
        const before = (await containersOf(stack, "blue")).map(({ id }) => id);
        wish(v2, { preStopCommand: "echo not yet {id}; exit 3", preStopIn: "container" });
        await underLoad(
            "rolling, failing preStopCommand",
            stack,
            async () => {
                const { code, stdout, stderr } = await stack.up();
                expect(code).not.toBe(0);
                expect(stdout + stderr).toMatch(/preStopCommand for \S+ ended with exit code 3/);
                expect(stdout + stderr).toContain(`goes on serving ${v1} as before`);
            },
            load,
        );
        expect((await containersOf(stack, "blue")).map(({ id }) => id)).toEqual(before);
        wish(v1);
        expectSuccess(await stack.up());
        await expectRolled(v1);
    });

    it("kill -9 in the middle: the next up finishes it", async () => {
        wish(v2);
        await underLoad(
            "rolling, kill -9",
            stack,
            async () => {
                await (await HaltedRun.at("roll: vacate", stack)).kill("both");
                expectSuccess(await stack.pulumi(["cancel", "--yes"]));
                expectSuccess(await stack.up());
            },
            load,
        );
        await expectRolled(v2);
    });

    it("a broken image: it stops, and the old ones stay", async () => {
        const before = (await containersOf(stack, "blue")).map(({ id }) => id);
        wish(v1, { healthcheckTimeout: "10s" }, { command: ["sh", "-c", "echo broken; exit 1"] });
        await underLoad(
            "rolling, broken image",
            stack,
            async () => {
                const { code, stdout, stderr } = await stack.up();
                expect(code).not.toBe(0);
                expect(stdout + stderr).toContain(`goes on serving ${v2} as before`);
            },
            load,
        );
        expect((await containersOf(stack, "blue")).map(({ id }) => id)).toEqual(before);
        wish(v2, {}, { command: undefined });
        expectSuccess(await stack.up());
        await expectRolled(v2);
    });
});

describe("A worker without a port", () => {
    it("rolls too, and is nowhere in HAProxy", async () => {
        const worker = { image: v1, strategy: { rolling: { wait: "1s" } }, replicas: 2 };
        stack.setConfig("services.worker", worker);
        expectSuccess(await stack.up());
        stack.setConfig("services.worker", { ...worker, image: v2 });
        expectSuccess(await stack.up());
        const containers = await containersOf(stack, "blue", "worker");
        const { Id } = await front.engine.docker.getImage(v2).inspect();
        expect(containers.map(({ imageId, state }) => `${imageId} ${state}`)).toEqual(Array(2).fill(`${Id} running`));
        const { front: haproxy } = await front.observe();
        expect(haproxy?.workers.some(({ backends }) => backends.has("worker-blue"))).toBe(false);
        expect(await outputsOf(stack, "worker")).not.toHaveProperty("url");
        expect(existsSync(marks)).toBe(true);
        const again = await stack.up();
        expect(expectSuccess(again).stdout).toContain("unchanged");
    });
});
