import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../docker/Engine";
import type { Phase } from "../../up/phases";
import { expectSuccess } from "../support/command";
import { expectOneSwitch, expectPutRight } from "../support/expectPutRight";
import { ended, HaltedRun, hostsOf, isLocked, type Way, ways } from "../support/HaltedRun";
import { isFull } from "../support/isFull";
import { confirmedAt } from "../support/leftovers";
import { OpenWebSocket } from "../support/longRequests";
import { type Kind, Subject } from "../support/Subject";
import { underLoad, withoutWebSockets } from "../support/scenario";
import { proofAndSwitchSteps, switchSteps } from "../support/steps";
import { until } from "../support/until";

/** Steps at which an `up` of each kind is killed. It comes to each of them for sure. */
const stepsOf: Record<Kind, readonly Phase[]> = {
    release: [
        "deploy: record",
        "deploy: vacate",
        "deploy: configure",
        "deploy: start",
        ...proofAndSwitchSteps,
        "link: retain",
    ],
    bake: ["link: confirmed", "link: bake", "link: baked", "link: retain"],
    return: switchSteps,
    "scale up": [
        "deploy: record",
        "deploy: configure",
        "deploy: start",
        "deploy: prove",
        "deploy: keep",
        "deploy: proved",
    ],
    "scale down": [
        "deploy: record",
        "deploy: configure",
        "deploy: vacate",
        "deploy: start",
        "deploy: keep",
        "deploy: proved",
    ],
    stop: ["link: confirmed", "link: leave", "link: left"],
    remove: ["link: confirmed", "link: leave", "link: left"],
    routes: ["link: routes"],
};

type Case = [Kind, Phase, Way];

const matrix: Case[] = Object.entries(stepsOf).flatMap(([kind, steps]) =>
    steps.flatMap(step => ways.map((way): Case => [kind as Kind, step, way])),
);

/** The cases of `npm test`, around the switch and the proof. */
const selection: Case[] = [
    ["release", "link: memory", "CLI"],
    ["release", "link: confirm", "host"],
    ["return", "link: memory", "both"],
    ["stop", "link: leave", "both"],
];

let subject: Subject;

beforeAll(async () => {
    subject = await Subject.create();
});

afterAll(async () => {
    await subject?.stack.cleanup();
});

afterEach(async ({ task }) => {
    if (task.result?.state === "fail") {
        // The next case needs a stack in a known state.
        await subject.stack.cleanup();
        subject = await Subject.create();
    }
});

/** Kills a run, and gives up the lock of the file backend as a user does. */
async function kill(run: HaltedRun, way: Way): Promise<void> {
    const { stack } = subject;
    await run.kill(way);
    expect(isLocked(stack)).toBe(way !== "host");
    if (way !== "host") {
        expectSuccess(await stack.pulumi(["cancel", "--yes"]));
    }
}

describe("fault 10: an up that is killed with kill -9 is finished or undone by the next one, and no request is lost", () => {
    it.each(isFull ? matrix : selection)("%s, at %s, kill -9 of %s", async (kind, phase, way) => {
        await subject.prepare(kind);
        const { stack } = subject;
        const from = subject.version();
        subject.wish(kind);
        const load = await underLoad(
            `${kind}, kill -9 of ${way} at "${phase}"`,
            stack,
            async load => {
                const run = await HaltedRun.at(phase, stack);
                const recorded = await confirmedAt(stack);
                await kill(run, way);
                await load.mark("killed");
                expectSuccess(await stack.up());
                if (phase === "link: leave" || phase === "link: left" || phase === "link: routes") {
                    expect(await confirmedAt(stack)).toBe(recorded);
                }
                const to = subject.version();
                const seen = (await load.snapshot()).byVersion[to]?.requests ?? 0;
                await load.until(({ byVersion }) => (byVersion[to]?.requests ?? 0) >= seen + 50, `${to} answers`);
            },
            { mix: withoutWebSockets, ratePerSecond: 100 },
        );
        expectOneSwitch(load, from, subject.version());
        await expectPutRight(subject);
    });

    it.runIf(isFull).each(ways)("while an interrupted switch is taken back, kill -9 of %s", async way => {
        await subject.prepare("return");
        const { stack } = subject;
        const from = subject.version();
        subject.wish("return");
        const load = await underLoad(
            `kill -9 of ${way} at "link: undo"`,
            stack,
            async load => {
                await kill(await HaltedRun.at("link: memory", stack), "both");
                // The switch cannot be finished, because its target is not ready any more.
                await Engine.connect().docker.getContainer(`${stack.front}-web-${subject.live}-1`).stop();
                await kill(await HaltedRun.at("link: undo", stack), way);
                await load.mark("killed");
                expectSuccess(await stack.up());
            },
            { mix: withoutWebSockets, ratePerSecond: 100 },
        );
        expectOneSwitch(load, from, subject.version());
        await expectPutRight(subject);
    });

    it.runIf(isFull).each(ways)("while requests that outlasted drainTimeout are cut, kill -9 of %s", async way => {
        await subject.prepare("stop");
        const { stack } = subject;
        const webSocket = await OpenWebSocket.open(stack.url);
        subject.wish("stop");
        stack.setConfig("services.web.drainTimeout", "2s");
        try {
            await underLoad(
                `kill -9 of ${way} at "drain: cut"`,
                stack,
                async () => {
                    await kill(await HaltedRun.at("drain: cut", stack), way);
                    expect(webSocket.closed).toBeUndefined();
                    expectSuccess(await stack.up());
                    expect(webSocket.closed).toBeDefined();
                },
                { mix: { post: 2, newConnection: 1 }, ratePerSecond: 100 },
            );
        } finally {
            webSocket.end();
            stack.setConfig("services.web.drainTimeout", "30s");
        }
        await expectPutRight(subject);
    });

    const kinds: Kind[] = ["release", "scale up", "scale down", "stop", "release", "remove", "release", "return"];
    it.runIf(isFull).each(kinds.map((kind, index) => [kind, index + 1] as const))(
        "%s, at a moment between two steps (%s)",
        async kind => {
            await subject.prepare(kind);
            const { stack } = subject;
            subject.wish(kind);
            const afterMs = Math.round(Math.random() * 4_000);
            await underLoad(
                `${kind}, kill -9 ${afterMs} ms after the start of the provider host`,
                stack,
                async () => {
                    await killAfter(afterMs);
                    if (isLocked(stack)) {
                        expectSuccess(await stack.pulumi(["cancel", "--yes"]));
                    }
                    expectSuccess(await stack.up());
                },
                { mix: withoutWebSockets, ratePerSecond: 100 },
            );
            await expectPutRight(subject);
        },
    );
});

/** Kills the CLI and the provider host after a time, whatever they do then. */
async function killAfter(milliseconds: number): Promise<void> {
    const { stack } = subject;
    const command = stack.start(["up", "--yes", "--skip-preview"]);
    const [host = 0] = await until(
        async () => {
            const hosts = hostsOf(stack);
            return hosts.length > 0 ? hosts : undefined;
        },
        { deadline: Date.now() + 60_000, what: "the provider host" },
    );
    // The kill comes at a fixed moment, so there is no state to wait for.
    await new Promise(resolve => setTimeout(resolve, milliseconds));
    command.signal("SIGKILL");
    try {
        process.kill(host, "SIGKILL");
    } catch {
        // The run was over already, which is a valid case too.
    }
    await command.result;
    await ended(host);
}
