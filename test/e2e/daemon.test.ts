import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { slotAddress } from "../../model/addresses";
import { slotOf } from "../../model/Container";
import type { Phase } from "../../up/phases";
import { expectSuccess } from "../support/command";
import { expectPutRight } from "../support/expectPutRight";
import { expectNoWayBack, gapUnderLoad } from "../support/gap";
import { HaltedRun, isLocked } from "../support/HaltedRun";
import { isFull } from "../support/isFull";
import { LiveFront } from "../support/LiveFront";
import { OwnEngine } from "../support/OwnEngine";
import { type Kind, Subject } from "../support/Subject";
import { containersOf, haproxyImage } from "../support/scenario";
import { until } from "../support/until";

// A Docker daemon of the test's own is restarted, killed and cut off from power, under load.

/** Which machine loses its power: the one that also runs the `up`, or a Docker host elsewhere. */
type Blackout = "host reboot" | "Docker host elsewhere";

const switchSteps: Phase[] = ["link: intent", "link: file", "link: memory", "link: confirm", "link: confirmed"];
const deploySteps: Phase[] = ["deploy: start", "deploy: prove", "deploy: keep", "deploy: proved"];

const matrix: [Kind, Phase, Blackout][] = [
    ...[...deploySteps, ...switchSteps].map((step, index): [Kind, Phase, Blackout] => [
        "release",
        step,
        index % 2 === 0 ? "host reboot" : "Docker host elsewhere",
    ]),
    ...switchSteps.map((step, index): [Kind, Phase, Blackout] => [
        "return",
        step,
        index % 2 === 0 ? "Docker host elsewhere" : "host reboot",
    ]),
    ["stop", "link: leave", "host reboot"],
    ["scale up", "deploy: prove", "host reboot"],
];

let own: OwnEngine;
let subject: Subject;
let front: LiveFront;

async function begin(): Promise<void> {
    subject = await Subject.create({ front: own.front });
    front = new LiveFront(subject.stack);
}

/** Expects each container at the address that the record and HAProxy have for its slot. */
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

/** @returns what serves now: a generation or the stand-in */
async function server(): Promise<string> {
    const { workers = [] } = (await front.observe()).front ?? {};
    return `served by ${[...new Set(workers.map(({ generation }) => generation))].join(" and ")}`;
}

/**
 * Restarts the daemon as a service manager does.
 *
 * @returns how long that took
 */
async function restart(args: string[] = []): Promise<string> {
    const began = performance.now();
    await own.stop();
    const stopped = performance.now();
    await own.start(args);
    const took = (from: number, to: number) => `${((to - from) / 1000).toFixed(1)} s`;
    return `daemon stopped in ${took(began, stopped)} and started in ${took(stopped, performance.now())}`;
}

/** Waits until HAProxy serves. After a restart that may be the stand-in. */
async function served(): Promise<void> {
    await until(async () => ((await front.observe()).front?.workers.length ? true : undefined), {
        deadline: Date.now() + 60_000,
        what: "HAProxy is back",
    });
}

/** Waits until every container serves. Before its first check, HAProxy takes a missing container for healthy. */
async function allServe(): Promise<void> {
    const isAnswered = () =>
        fetch(subject.stack.url).then(
            ({ ok }) => ok,
            () => false,
        );
    await until(
        async () => {
            const answers = await Promise.all(Array.from({ length: 20 }, isAnswered));
            return answers.every(ok => ok) ? true : undefined;
        },
        { deadline: Date.now() + 60_000, what: "all of 20 requests are answered" },
    );
}

/**
 * Cuts the power while an `up` is halted before a step, and restores it.
 *
 * @returns how long it was away
 */
async function blackout(run: HaltedRun, who: Blackout): Promise<string> {
    const began = performance.now();
    await own.cutPower();
    if (who === "host reboot") {
        await run.kill("both");
    } else {
        run.resume();
        const { code } = await run.command.result;
        expect(code).not.toBe(0);
    }
    const dark = performance.now();
    await own.powerOn();
    const took = (from: number, to: number) => `${((to - from) / 1000).toFixed(1)} s`;
    return `power away for ${took(began, dark)}, then the daemon started in ${took(dark, performance.now())}`;
}

describe.skipIf(OwnEngine.missing !== undefined)("The Docker daemon", () => {
    beforeAll(async () => {
        own = await OwnEngine.create([haproxyImage, "relink-hello:v1", "relink-hello:v2", "relink-hello:broken-exit"]);
        process.env.DOCKER_HOST = own.host;
        await begin();
    });

    afterAll(async () => {
        await subject?.stack.cleanup().catch(() => {}); // the Engine's removal below removes everything
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

    it("after a restart brings both colors and the front back by itself, with the confirmed link", async () => {
        await subject.prepare("return");
        const load = await gapUnderLoad("daemon restarted", subject.stack, () => restart(), {
            documented: "daemon restarted",
            afterwards: async () => console.log(await server()),
        });
        expect(Object.keys(load.byVersion)).toEqual([subject.version()]);
        await expectAddresses();
        expectSuccess(await subject.stack.up());
        await expectPutRight(subject);
    });

    it.runIf(isFull)(
        "may give up a generation that it starts before the anchor: HAProxy stands in, and the next up replaces it",
        async () => {
            const { stack } = subject;
            await subject.prepare("release");
            const from = subject.version();
            const [generation] = (await front.observe()).generations;
            // The daemon starts containers in any order. One that it does not start stands for one that starts too early.
            await front.engine.docker.getContainer(generation!.id).update({ RestartPolicy: { Name: "no" } });
            const load = await gapUnderLoad("daemon restarted, generation given up", stack, () => restart(), {
                documented: "daemon restarted",
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
            expect((await front.observe()).generations.map(({ name }) => name)).not.toContain(generation?.name);
            await expectPutRight(subject);
        },
    );

    it.runIf(isFull).each(matrix)(
        "fault 24: %s, power cut at %s (%s): the next up puts it right",
        async (kind, phase, who) => {
            const { stack } = subject;
            await subject.prepare(kind);
            const from = subject.version();
            subject.wish(kind);
            const to = subject.version();
            const run = await HaltedRun.at(phase, stack);
            const load = await gapUnderLoad(
                `${kind}, power cut at "${phase}" (${who})`,
                stack,
                () => blackout(run, who),
                {
                    documented: "daemon restarted",
                    afterwards: async load => {
                        console.log(await server());
                        expect(isLocked(stack)).toBe(who === "host reboot");
                        if (isLocked(stack)) {
                            expectSuccess(await stack.pulumi(["cancel", "--yes"]));
                        }
                        expectSuccess(await stack.up());
                        const seen = (await load.snapshot()).byVersion[to]?.requests ?? 0;
                        await load.until(
                            ({ byVersion }) => (byVersion[to]?.requests ?? 0) >= seen + 50,
                            `${to} answers`,
                        );
                    },
                },
            );
            expectNoWayBack(load, from, to);
            await expectAddresses();
            await expectPutRight(subject);
        },
    );

    it.runIf(isFull)("leaves a stopped color and a failed one stopped after its restart", async () => {
        const { stack } = subject;
        await subject.prepare("stop");
        await subject.unbroken("stop");
        await restart();
        await served();
        const stopped = await containersOf(stack, subject.idle);
        expect(stopped.map(({ state, restartPolicy }) => `${state}, ${restartPolicy}`)).toEqual(["exited, no"]);

        stack.setConfig("services.web.image", "relink-hello:broken-exit");
        expect((await stack.up()).code).not.toBe(0);
        const failed = (await containersOf(stack, subject.idle)).map(({ id, status }) => `${id} ${status}`);
        expect(failed).toHaveLength(1);
        await restart();
        await served();
        expect((await containersOf(stack, subject.idle)).map(({ id, status }) => `${id} ${status}`)).toEqual(failed);

        // Bring the stack into the state that `subject` has noted.
        await subject.unbroken("release");
        await expectPutRight(subject);
    });

    it.runIf(isFull)(
        "with live-restore refuses only new connections at a restart or a crash, while it writes its rules for published ports anew",
        async () => {
            await restart(["--live-restore"]);
            await allServe();
            for (const how of ["restarted", "killed"] as const) {
                const load = await gapUnderLoad(
                    `daemon ${how}, live-restore`,
                    subject.stack,
                    async () => {
                        await (how === "restarted" ? own.stop() : own.crash());
                        await own.start(["--live-restore"]);
                        return undefined;
                    },
                    { documented: "daemon restarted" },
                );
                // Open connections go on. Only new ones are refused.
                expect(
                    load.failures.filter(({ kind, lane }) => kind !== "connect" || lane !== "newConnection"),
                ).toEqual([]);
                const times = load.failures.map(({ startedMs }) => startedMs);
                const refused = times.length === 0 ? 0 : Math.max(...times) - Math.min(...times);
                console.log(`new connections were refused for ${Math.round(refused)} ms`);
                expect(Object.keys(load.byVersion)).toEqual([subject.version()]);
            }
            expectSuccess(await subject.stack.up());
            await expectPutRight(subject);
            await restart();
            await allServe();
        },
    );

    it.runIf(isFull)("ends the containers that have outlived a killed daemon, and starts them again", async () => {
        await subject.prepare("return");
        await gapUnderLoad(
            "daemon killed",
            subject.stack,
            async () => {
                await own.crash();
                await own.start();
                return undefined;
            },
            { documented: "daemon restarted" },
        );
        await expectAddresses();
        expectSuccess(await subject.stack.up());
        await expectPutRight(subject);
    });

    it.runIf(isFull)(
        "after eight restarts in a row still serves the confirmed link, whatever it starts first",
        async () => {
            const { stack } = subject;
            await subject.prepare("return");
            for (let time = 1; time <= 8; time += 1) {
                const load = await gapUnderLoad(`daemon restarted, time ${time}`, stack, () => restart(), {
                    documented: "daemon restarted",
                    afterwards: async () => console.log(await server()),
                });
                expect(Object.keys(load.byVersion)).toEqual([subject.version()]);
            }
            expectSuccess(await stack.up());
            await expectPutRight(subject);
        },
    );
});
