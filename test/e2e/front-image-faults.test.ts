import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Phase } from "../../up/phases";
import { expectSuccess } from "../support/command";
import { type documentedSeconds, gapUnderLoad } from "../support/gap";
import { HaltedRun, isLocked } from "../support/HaltedRun";
import { isFull } from "../support/isFull";
import { LiveFront } from "../support/LiveFront";
import { OwnEngine } from "../support/OwnEngine";
import { webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

// A hand-over of HAProxy to another image, in the middle of which one part dies, under load. It needs `RELINK_FULL=1`.

const images = ["haproxy:3.0", "haproxy:3.2"] as const;

let own: OwnEngine;
let stack: TestStack;
let front: LiveFront;
/** Index of the image that HAProxy has. */
let current = 0;

/** @returns the name of the oldest or of the newest container of HAProxy that runs */
async function generation(which: "old" | "new"): Promise<string> {
    const { generations } = await front.observe();
    return generations.at(which === "old" ? 0 : -1)!.name;
}

/** Docker leaves a container down that somebody has killed. */
async function kill(which: "old" | "new"): Promise<void> {
    await front.engine.docker.getContainer(await generation(which)).kill();
}

/** Docker starts a container again whose first process has died. */
async function crash(which: "old" | "new"): Promise<void> {
    const { State } = await front.engine.docker.getContainer(await generation(which)).inspect();
    process.kill(State.Pid, "SIGKILL");
}

async function restartDaemon(): Promise<void> {
    await own.stop();
    await own.start();
}

/** Before which step something dies, what that is, and the longest gap of it that docs/failures.md names. */
const harms: [what: string, step: Phase, harm: () => Promise<void>, documented: keyof typeof documentedSeconds][] = [
    ["the old container is killed", "front: hand over", () => kill("old"), "HAProxy kept down"],
    ["the old container is killed", "front: leave", () => kill("old"), "HAProxy killed"],
    ["the new container is killed", "front: leave", () => kill("new"), "HAProxy killed"],
    ["the old HAProxy crashes", "front: leave", () => crash("old"), "HAProxy killed"],
    ["the new HAProxy crashes", "front: leave", () => crash("new"), "HAProxy killed"],
    ["the Docker daemon starts again", "front: hand over", restartDaemon, "daemon restarted"],
    ["the Docker daemon starts again", "front: leave", restartDaemon, "daemon restarted"],
];

describe.runIf(isFull && OwnEngine.missing === undefined)("a hand-over to another image of HAProxy", () => {
    beforeAll(async () => {
        own = await OwnEngine.create([...images, "relink-hello:v1"]);
        process.env.DOCKER_HOST = own.host;
        stack = await createStack({ config: webStack({}, { front: { ...own.front, image: images[current] } }) });
        expectSuccess(await stack.up());
        front = new LiveFront(stack);
    });

    afterAll(async () => {
        await stack?.cleanup().catch(() => {}); // the Engine's removal below removes everything
        await own?.remove();
    });

    afterEach(({ task }) => {
        if (task.result?.state === "fail") {
            console.log(own.log().split("\n").slice(-40).join("\n"));
        }
    });

    it.each(harms)("goes on where %s before %s, and the next up ends it", async (what, step, harm, documented) => {
        const wanted = 1 - current;
        stack.setConfig("front.image", images[wanted]);
        const run = await HaltedRun.at(step, stack);
        const act = async () => {
            await harm();
            return undefined;
        };
        await gapUnderLoad(`hand-over, ${what} before "${step}"`, stack, act, {
            documented,
            afterwards: async () => {
                run.resume();
                console.log(`the up ended with exit code ${(await run.command.result).code}`);
                if (isLocked(stack)) {
                    expectSuccess(await stack.pulumi(["cancel", "--yes"]));
                }
                expectSuccess(await stack.up());
            },
        });
        current = wanted;
        expect(await front.versions()).toEqual([images[current]!.split(":")[1]]);
        await front.oneRuns();
        expect(expectSuccess(await stack.preview()).stderr).toContain("nothing to do");
    });
});
