import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { slotOf } from "../../providers/observe";
import { slotAddress } from "../../release/addresses";
import { expectSuccess } from "../support/command";
import { expectPutRight } from "../support/expectPutRight";
import { expectNoWayBack, gapUnderLoad } from "../support/gap";
import { LiveFront } from "../support/LiveFront";
import { OwnEngine } from "../support/OwnEngine";
import { Subject } from "../support/Subject";
import { containersOf, haproxyImage } from "../support/scenario";

// A Docker daemon that is restarted, killed, and cut off from power, under load: one of the test's own.

const isFull = process.env.RELINK_FULL === "1";

let own: OwnEngine;
let subject: Subject;
let front: LiveFront;

async function begin(): Promise<void> {
    subject = await Subject.create({ front: own.front });
    front = new LiveFront(subject.stack);
}

/** Every container has the address that the record gives its slot, and HAProxy looks for it there. */
async function expectAddresses(): Promise<void> {
    const world = await front.observe();
    const record = await front.record("web");
    for (const color of ["blue", "green"] as const) {
        const block = record[color].block;
        for (const container of await containersOf(subject.stack, color)) {
            const address = block && slotAddress(block, slotOf(container));
            expect(container.address).toBe(address);
            for (const worker of world.front?.workers ?? []) {
                expect(worker.backends.get(`web-${color}`)?.servers.get(slotOf(container))?.address).toBe(address);
            }
        }
    }
}

/** Who serves now: a generation, or the anchor in its place. */
async function server(): Promise<string> {
    const { workers = [] } = (await front.observe()).front ?? {};
    return `served by ${[...new Set(workers.map(({ generation }) => generation))].join(" and ")}`;
}

/** Restarts the daemon as a service manager does; returns what it took. */
async function restart(args: string[] = []): Promise<string> {
    const began = performance.now();
    await own.stop();
    const stopped = performance.now();
    await own.start(args);
    const took = (from: number, to: number) => `${((to - from) / 1000).toFixed(1)} s`;
    return `daemon stopped in ${took(began, stopped)} and started in ${took(stopped, performance.now())}`;
}

describe.skipIf(OwnEngine.missing !== undefined)("The Docker daemon", () => {
    beforeAll(async () => {
        own = await OwnEngine.create([haproxyImage, "relink-hello:v1", "relink-hello:v2", "relink-hello:broken-exit"]);
        process.env.DOCKER_HOST = own.host;
        await begin();
    });

    afterAll(async () => {
        await subject?.stack.cleanup().catch(() => {}); // with the Engine goes everything
        await own?.remove();
    });

    afterEach(async ({ task }) => {
        if (task.result?.state === "fail") {
            console.log(own.log().split("\n").slice(-40).join("\n"));
            await own.cutPower();
            await own.powerOn();
            await subject.stack.cleanup();
            await begin();
        }
    });

    it("is restarted: both colors and the front come back by themselves, with the confirmed link", async () => {
        await subject.prepare("return");
        const load = await gapUnderLoad("daemon restarted", subject.stack, async () => restart(), {
            afterwards: async () => console.log(await server()),
        });
        expect(Object.keys(load.byVersion)).toEqual([subject.version()]);
        await expectAddresses();
        expectSuccess(await subject.stack.up());
        await expectPutRight(subject);
    });

    // With RELINK_FULL=1 only: its release after the restart has failed here once, for a reason that is not known yet.
    it.runIf(isFull)(
        "starts the anchor after the generation, which it gives up: HAProxy stands in, and the next up replaces it",
        async () => {
            const { stack } = subject;
            await subject.prepare("release");
            const from = subject.version();
            const [generation] = (await front.observe()).generations;
            // The daemon starts in any order. What is left out has the same fate as what comes too early.
            await front.engine.docker.getContainer(generation!.id).update({ RestartPolicy: { Name: "no" } });
            const load = await gapUnderLoad("daemon restarted, generation given up", stack, async () => restart(), {
                afterwards: async load => {
                    expect(await server()).toBe("served by stand-in");
                    expect(await front.service("web")).toMatchObject({ live: subject.live, confirmed: subject.live });
                    subject.wish("release");
                    expectSuccess(await stack.up());
                    await load.until(
                        ({ byVersion }) => (byVersion[subject.version()]?.requests ?? 0) > 50,
                        "the release",
                    );
                },
            });
            expectNoWayBack(load, from, subject.version());
            expect((await front.observe()).generations.map(({ name }) => name)).toEqual([`${stack.front}-gen-2`]);
            await expectPutRight(subject);
        },
    );
});
