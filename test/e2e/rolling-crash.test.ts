import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Phase } from "../../up/phases";
import { expectSuccess } from "../support/command";
import { HaltedRun, hostsOf, isLocked, type Way, ways } from "../support/HaltedRun";
import { isFull } from "../support/isFull";
import { leftovers } from "../support/leftovers";
import { RollingStack } from "../support/rollingStack";
import { underLoad, withoutWebSockets } from "../support/scenario";

// A rolling release is killed at each of its steps. `RELINK_FULL=1` runs the whole matrix, which takes long.

const load = { mix: withoutWebSockets, ratePerSecond: 100 };

const orders = { startFirst: {}, stopFirst: { order: "stopFirst" }, service: { step: "service" } } as const;
const steps: readonly Phase[] = [
    "roll: intent",
    "roll: file",
    "roll: start",
    "roll: prove",
    "roll: keep",
    "roll: drain",
    "roll: stop",
    "roll: vacate",
    "roll: end",
    "roll: done",
];
type Case = [keyof typeof orders, Phase, Way];
const matrix: Case[] = [
    ...steps.flatMap(step => ways.map((way): Case => ["startFirst", step, way])),
    ...steps.map((step): Case => ["stopFirst", step, "both"]),
    ...steps.map((step): Case => ["service", step, "both"]),
];
const selection: Case[] = [["startFirst", "roll: stop", "both"]];

let subject: RollingStack;

beforeAll(async () => {
    subject = await RollingStack.create();
});

afterAll(async () => {
    await subject?.stack.cleanup();
});

afterEach(async ({ task }) => {
    if (task.result?.state === "fail") {
        // The next case needs a stack in a known state.
        await subject.stack.cleanup();
        subject = await RollingStack.create();
    }
});

/** Kills a run at a step, and gives up the lock of the file backend as a user does. */
async function killAt(phase: Phase, way: Way): Promise<void> {
    const { stack } = subject;
    await (await HaltedRun.at(phase, stack)).kill(way);
    if (way !== "host") {
        expectSuccess(await stack.pulumi(["cancel", "--yes"]));
    }
}

async function expectPutRight(): Promise<void> {
    await subject.expectRolled();
    expect((await leftovers(subject.stack)).join("; ")).toBe("");
    expect(hostsOf(subject.stack)).toEqual([]);
    expect(isLocked(subject.stack)).toBe(false);
}

describe("A rolling release that is killed with kill -9 is finished or undone by the next up, and no request is lost", () => {
    it.each(isFull ? matrix : selection)("%s, at %s, kill -9 of %s", async (order, phase, way) => {
        const { stack } = subject;
        subject.wish(orders[order]);
        await underLoad(
            `rolling ${order}, kill -9 of ${way} at "${phase}"`,
            stack,
            async load => {
                await killAt(phase, way);
                await load.mark("killed");
                expectSuccess(await stack.up());
                const seen = (await load.snapshot()).byVersion[subject.version]?.requests ?? 0;
                await load.until(
                    ({ byVersion }) => (byVersion[subject.version]?.requests ?? 0) >= seen + 50,
                    `${subject.version} answers`,
                );
            },
            load,
        );
        await expectPutRight();
    });

    it.runIf(isFull).each(["roll: start", "roll: prove", "roll: stop", "roll: vacate"] as const)(
        "at %s, after which the config asks for the old image, it is taken back",
        async phase => {
            const { stack } = subject;
            subject.wish();
            await underLoad(
                `rolling, kill -9 at "${phase}", taken back`,
                stack,
                async () => {
                    await killAt(phase, "both");
                    subject.wish();
                    expectSuccess(await stack.up());
                },
                load,
            );
            await expectPutRight();
        },
    );

    it.runIf(isFull)(
        "and followed by strategy blueGreen: one up takes it back, and the next one releases",
        async () => {
            const { stack } = subject;
            subject.wish();
            await underLoad(
                "rolling, kill -9, then blueGreen",
                stack,
                async () => {
                    // At this step no new container is proved. Later both may be, because they start side by side.
                    await killAt("roll: prove", "both");
                    subject.set({ strategy: "blueGreen" });
                    const { stdout, stderr } = expectSuccess(await stack.up());
                    expect(stdout + stderr).toContain("takes back an interrupted rolling release");
                    expect((await subject.front.service("web")).live).toBe("blue");
                    subject.image = subject.other;
                    await subject.expectRolled();
                },
                load,
            );
            subject.set({ strategy: "rolling", image: subject.image });
            expectSuccess(await stack.up());
            await expectPutRight();
        },
    );

    it.runIf(isFull).each(ways)("while a broken release is taken back, kill -9 of %s", async way => {
        const { stack } = subject;
        subject.wish({}, { command: await subject.brokenInTheMiddle() });
        await underLoad(
            `rolling, kill -9 of ${way} at "roll: undo"`,
            stack,
            async () => {
                await killAt("roll: undo", way);
                subject.wish({}, { command: undefined });
                expectSuccess(await stack.up());
            },
            load,
        );
        await expectPutRight();
    });

    it.runIf(isFull).each([1, 2, 3, 4, 5, 6])("twice, at any step (%s)", async round => {
        const { stack } = subject;
        subject.wish(round % 2 === 0 ? {} : { step: "half" });
        await underLoad(
            `rolling, killed twice (${round})`,
            stack,
            async () => {
                await killAt(steps[(round * 5) % 7]!, "both");
                await killAt(steps[(round * 3) % 7]!, "both").catch(error => {
                    // The rest of the release may not come to that step again. Then the `up` has ended by itself.
                    expect(String(error)).toContain("it never came to");
                });
                expectSuccess(await stack.up());
            },
            load,
        );
        await expectPutRight();
    });
});
