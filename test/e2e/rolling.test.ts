import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { watchContainers } from "../../docker/events";
import { expectSuccess } from "../support/command";
import { isFull } from "../support/isFull";
import { RollingStack } from "../support/rollingStack";
import { containersOf, oneAfterTheOther, outputsOf, underLoad, withoutWebSockets } from "../support/scenario";

// The example stack `rolling` under load. Each test starts where the one before ended. `RELINK_FULL=1` runs all of them,
// which takes long.

const load = { mix: withoutWebSockets, ratePerSecond: 100 };
const marks = join(tmpdir(), `relink-rolling-${process.pid}`);

let subject: RollingStack;

beforeAll(async () => {
    subject = await RollingStack.create(["web", "worker"]);
});

afterAll(async () => {
    rmSync(marks, { force: true });
    await subject?.stack.cleanup();
});

oneAfterTheOther();

/** Rolls to the other image under load, and expects that all containers have it. */
async function rolls(name: string, rolling: object = {}, more: Record<string, unknown> = {}): Promise<void> {
    subject.wish(rolling, more);
    await underLoad(`rolling, ${name}`, subject.stack, async () => void expectSuccess(await subject.stack.up()), load);
    await subject.expectRolled();
}

/** Runs an `up` under load that must fail and be taken back. The next one then has nothing to do. */
async function isTakenBack(name: string, says: RegExp): Promise<void> {
    const { stack } = subject;
    const before = await subject.ids();
    await underLoad(
        `rolling, ${name}`,
        stack,
        async () => {
            const { code, stdout, stderr } = await stack.up();
            expect(code, stdout).not.toBe(0);
            expect(stdout + stderr).toMatch(says);
            expect(stdout + stderr).toContain("goes on serving relink-hello:");
        },
        load,
    );
    const after = await subject.ids();
    expect(after).toHaveLength(before.length);
    expect(before.some(id => after.includes(id))).toBe(true);
    // The config asked for the image that failed. The image from before serves.
    const { image } = subject;
    subject.image = subject.other;
    expect((await subject.front.service("web")).blue.release?.image).toBe(subject.image);
    subject.set({ image: subject.image, strategy: "rolling", command: undefined });
    expectSuccess(await stack.up());
    await subject.expectRolled();
    expect(image).not.toBe(subject.image);
}

/** Expects one image in all of the worker's containers, and no trace of the worker in HAProxy. */
async function expectWorker(image: string): Promise<void> {
    const { stack, front } = subject;
    const { Id } = await front.engine.docker.getImage(image).inspect();
    const containers = await containersOf(stack, "blue", "worker");
    expect(containers.map(({ imageId, state }) => `${imageId} ${state}`)).toEqual(Array(2).fill(`${Id} running`));
    const workers = (await front.observe()).front?.workers ?? [];
    expect(workers.some(({ backends, links }) => backends.has("worker-blue") || links.has("worker"))).toBe(false);
    const outputs = await outputsOf(stack, "worker");
    expect(outputs).toMatchObject({ live: "blue", blue: { image } });
    expect(outputs).not.toHaveProperty("url");
}

describe("A rolling release loses no request", () => {
    it("with startFirst, one at a time, a preStopCommand on this machine, and a worker without a port", async () => {
        const old = await subject.ids();
        await expectWorker(subject.image);
        subject.stack.setConfig("services.worker.image", subject.other);
        await rolls("startFirst, step 1, and a worker", { preStopCommand: `echo {id} >> ${marks}` });
        expect(readFileSync(marks, "utf8").trim().split("\n").sort()).toEqual(old.sort());
        await expectWorker(subject.image);
        // An `up` that has nothing to do touches nothing.
        const ids = await subject.ids();
        expectSuccess(await subject.stack.up());
        expect(await subject.ids()).toEqual(ids);
    });

    it("when a new container breaks: the release stops and goes back to the old image", async () => {
        subject.wish({}, { command: await subject.brokenInTheMiddle() });
        await isTakenBack("broken in the middle", /exited with code 1[\s\S]*broken in this place/);
    });

    it("with stopFirst, back to the old image", () => rolls("stopFirst", { order: "stopFirst" }));

    it.runIf(isFull).each([
        ["startFirst, half at a time", { step: "half" }],
        ["startFirst, all at once", { step: "service" }],
        ["with a grace period", { gracePeriod: "2s" }],
    ] as const)("%s", (name, rolling) => rolls(name, rolling));

    it.runIf(isFull)("while it also scales up and down", async () => {
        subject.replicas = 3;
        await rolls("and scaled up", { step: "half" }, { replicas: 3 });
        subject.replicas = 1;
        await rolls("and scaled down", {}, { replicas: 1 });
        subject.replicas = 2;
        await rolls("and scaled up again", {}, { replicas: 2 });
        // Scaling in place must cope with the slots that a rolling release has left.
        subject.replicas = 3;
        subject.set({ replicas: 3 });
        const before = await subject.ids();
        await underLoad("scale after rolling", subject.stack, async () => {
            expectSuccess(await subject.stack.up());
        });
        expect((await subject.ids()).filter(id => before.includes(id))).toHaveLength(2);
        await subject.expectRolled();
        subject.replicas = 2;
        subject.set({ replicas: 2 });
        expectSuccess(await subject.stack.up());
        await subject.expectRolled();
    });

    it.runIf(isFull)("when its image is broken from the start: the same containers go on", async () => {
        const before = await subject.ids();
        subject.wish({ healthcheckTimeout: "20s" }, { command: ["node", "-e", "process.exit(4)"] });
        await isTakenBack("broken image", /exited with code 4/);
        expect(await subject.ids()).toEqual(before);
    });

    it.runIf(isFull).each(["host", "container"])(
        "when its preStopCommand in the %s fails: it stops",
        async preStopIn => {
            const before = await subject.ids();
            subject.wish({ preStopCommand: "echo not yet; exit 3", preStopIn });
            await isTakenBack(`failing preStopCommand, ${preStopIn}`, /preStopCommand for \S+ ended with exit code 3/);
            expect(await subject.ids()).toEqual(before);
        },
    );

    it.runIf(isFull)(
        "with a preStopCommand in the container that makes it unhealthy before it is stopped",
        async () => {
            // As in docker-reroll's README: the health check fails on purpose, and then the container is stopped.
            const health = { path: "/healthz", interval: "500ms", command: "test ! -e /tmp/off" };
            await rolls("with a health check of its own", {}, { health });
            const labels = { "relink.stack": subject.stack.name, "relink.service": "web" };
            const events = watchContainers(subject.front.engine, labels);
            await events.ready;
            const old = await subject.ids();
            await rolls("preStopWaitUntilUnhealthy", {
                step: "service",
                preStopCommand: "touch /tmp/off",
                preStopIn: "container",
                preStopWaitUntilUnhealthy: true,
            });
            const unhealthy: string[] = [];
            for (let next = true; next; ) {
                const event = await events.next(({ health }) => health === "unhealthy", 1);
                unhealthy.push(...(event === undefined ? [] : [event.containerId]));
                next = event !== undefined;
            }
            events.close();
            expect(unhealthy.sort()).toEqual(old.sort());
        },
    );
});
