import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Phase } from "../../up/phases";
import { expectSuccess } from "../support/command";
import { HaltedRun, hostsOf, isLocked, type Way, ways } from "../support/HaltedRun";
import { isFull } from "../support/isFull";
import { endState, leftovers } from "../support/leftovers";
import { underLoad, webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";
import { proofAndSwitchSteps } from "../support/steps";
import { everythingNamedAfter } from "../support/sweep";

// The first release and the destroy of a stack. Each is killed at one step after the other, and started again each time.
// This takes long, so it needs `RELINK_FULL=1`.

const firstSteps: Phase[] = [
    "front: start",
    "deploy: record",
    "deploy: configure",
    "deploy: start",
    ...proofAndSwitchSteps,
    "link: routes",
];
const lastSteps: Phase[] = ["link: delete", "deploy: delete", "front: delete"];

let stack: TestStack;

beforeAll(async () => {
    stack = await createStack({ config: webStack({ minHealthyTime: "500ms" }) });
});

afterAll(() => stack?.cleanup());

/** Runs a command that dies at one step after the other, in another way each time. */
async function dieAtEach(steps: Phase[], args: string[]): Promise<void> {
    for (const [index, step] of steps.entries()) {
        const way = ways[index % ways.length] as Way;
        console.log(`scenario ${args[0]}, kill -9 of ${way} at "${step}"`);
        await (await HaltedRun.at(step, stack, args)).kill(way);
        expect(isLocked(stack)).toBe(way !== "host");
        if (way !== "host") {
            expectSuccess(await stack.pulumi(["cancel", "--yes"]));
        }
    }
}

describe.runIf(isFull)("A stack that is killed again and again", () => {
    it("at each step of its first release is finished by the last up", async () => {
        await dieAtEach(firstSteps, ["up", "--yes", "--skip-preview"]);
        expectSuccess(await stack.up());
        const slots = ["1", "2"].map(slot => `${slot}: relink-hello:v1 running, always, ready`);
        expect(await endState(stack)).toMatchObject({ live: "blue", blue: slots, green: [] });
        expect((await leftovers(stack)).join("; ")).toBe("");
        expect(hostsOf(stack)).toEqual([]);
        await underLoad("after a first release that died at every step", stack, async load => {
            await load.until(({ answered }) => answered >= 500, "it answers");
        });
    });

    it("at each step of destroy leaves nothing behind after the last destroy", async () => {
        await dieAtEach(lastSteps, ["destroy", "--yes", "--skip-preview"]);
        expectSuccess(await stack.destroy());
        expect(await everythingNamedAfter(stack.front)).toEqual([]);
        expect(hostsOf(stack)).toEqual([]);
    });
});
