import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { expectSuccess } from "../support/command";
import { expectPutRight } from "../support/expectPutRight";
import { ended, HaltedRun, isLocked } from "../support/HaltedRun";
import { isFull } from "../support/isFull";
import { confirmedAt, endState, leftovers } from "../support/leftovers";
import type { LoadRun } from "../support/load";
import { pidIn } from "../support/pidIn";
import { type Kind, Subject } from "../support/Subject";
import { lifeOf, underLoad, withoutWebSockets } from "../support/scenario";
import type { TestStack } from "../support/stack";
import { temporaryFolder } from "../support/temporaryFolder";
import { until } from "../support/until";

const folder = temporaryFolder("interrupt");

let subject: Subject;
let stack: TestStack;

beforeAll(async () => {
    subject = await Subject.create();
    stack = subject.stack;
});

afterEach(async ({ task }) => {
    if (task.result?.state === "fail") {
        // The next case needs a stack in a known state.
        await subject.stack.cleanup();
        subject = await Subject.create();
        stack = subject.stack;
    }
});

afterAll(async () => {
    await subject?.stack.cleanup();
});

/** Prepares an `up` of one kind, and runs `act` in its place under load. */
async function insteadOf(kind: Kind, name: string, act: (load: LoadRun) => Promise<void>): Promise<void> {
    await subject.prepare(kind);
    subject.wish(kind);
    await underLoad(name, stack, act, { mix: withoutWebSockets, ratePerSecond: 100 });
}

/** Sends what a terminal sends at Ctrl-C, and waits until the CLI has noticed it. */
async function pressCtrlC(run: HaltedRun, times: 1 | 2 = 1): Promise<void> {
    run.command.signal("SIGINT");
    await until(async () => (/\^C|cancel/i.test(run.command.output()) ? true : undefined), {
        deadline: Date.now() + 60_000,
        what: "Ctrl-C",
    });
    if (times === 2) {
        run.command.signal("SIGINT");
    }
}

async function cancelWhereLocked(): Promise<void> {
    if (isLocked(stack)) {
        expectSuccess(await stack.pulumi(["cancel", "--yes"]));
    }
}

describe("fault 11: Ctrl-C", () => {
    it.runIf(isFull)("once, while a color gets its release, lets that go on to its end and moves no link", async () => {
        await insteadOf("release", "Ctrl-C while a color is proved", async () => {
            const { live } = await endState(stack);
            const run = await HaltedRun.at("deploy: keep", stack);
            await pressCtrlC(run);
            run.resume();
            const { code } = await run.command.result;
            expect(code).not.toBe(0);
            await ended(run.host);
            const after = await endState(stack);
            expect(after).toMatchObject({ live, record: { confirmed: live, intent: undefined } });
            expect(after[subject.live]).toEqual(subject.expected()[subject.live]);
            expect((await leftovers(stack)).join("; ")).toBe("");
            const proved = await lifeOf(stack, subject.live);
            await cancelWhereLocked();
            expectSuccess(await stack.up());
            expect(await lifeOf(stack, subject.live)).toEqual(proved);
        });
        await expectPutRight(subject);
    });

    it("once, in the switch, lets it be confirmed, and the next up has no link to move", async () => {
        await insteadOf("release", "Ctrl-C in the switch", async () => {
            const run = await HaltedRun.at("link: memory", stack);
            await pressCtrlC(run);
            run.resume();
            await run.command.result;
            await ended(run.host);
            expect(await endState(stack)).toEqual(subject.expected());
            const confirmed = await confirmedAt(stack);
            await cancelWhereLocked();
            expectSuccess(await stack.up());
            expect(await confirmedAt(stack)).toBe(confirmed);
        });
        await expectPutRight(subject);
    });

    it("once, in the command of a hook, ends the command, and nothing is released", async () => {
        const file = join(folder, "pid");
        await insteadOf("release", "Ctrl-C in a hook", async () => {
            const before = await endState(stack);
            stack.setConfig("services.web.hooks", { preDeploy: { command: `echo $$ > ${file}; exec sleep 600` } });
            const up = stack.start(["up", "--yes", "--skip-preview"]);
            const command = await pidIn(file);
            up.signal("SIGINT");
            const { code } = await up.result;
            expect(code).not.toBe(0);
            await ended(command);
            expect(await endState(stack)).toEqual(before);
            stack.setConfig("services.web.hooks", undefined);
            await cancelWhereLocked();
            expectSuccess(await stack.up());
        });
        await expectPutRight(subject);
    });

    it.runIf(isFull)(
        "twice, in the switch, leaves what the host cannot finish in its last seconds to the next up",
        async () => {
            await insteadOf("return", "Ctrl-C twice in the switch", async () => {
                const run = await HaltedRun.at("link: memory", stack);
                await pressCtrlC(run, 2);
                run.resume();
                await run.command.result;
                await ended(run.host);
                await cancelWhereLocked();
                expectSuccess(await stack.up());
            });
            await expectPutRight(subject);
        },
    );

    it("twice, in a step that hangs, ends the host after it gave the lease back, and the next up finishes", async () => {
        await insteadOf("return", "Ctrl-C twice in a step that hangs", async () => {
            const run = await HaltedRun.at("link: memory", stack);
            await pressCtrlC(run, 2);
            await run.command.result;
            await ended(run.host);
            run.resume();
            expect((await leftovers(stack)).filter(text => text.startsWith("lease"))).toEqual([]);
            await cancelWhereLocked();
            expectSuccess(await stack.up());
        });
        await expectPutRight(subject);
    });
});

describe("fault 12: two ups of one stack from two state folders", () => {
    it("the second one is refused with the owner's name, and the first one succeeds", async () => {
        await insteadOf("return", "a second up", async () => {
            const copy = stack.copy();
            try {
                const run = await HaltedRun.at("link: memory", stack);
                const { code, stdout, stderr } = await copy.up();
                expect(code).not.toBe(0);
                expect(stdout + stderr).toMatch(
                    new RegExp(
                        `another up is at work on this front: .+@.+, stack relink/${stack.name}, process ${run.host}`,
                    ),
                );
                run.resume();
                expectSuccess(await run.command.result);
            } finally {
                await copy.cleanup();
            }
        });
        await expectPutRight(subject);
    });

    it.runIf(isFull)("after a kill -9 of the first, the second takes over at once, and says so", async () => {
        await insteadOf("return", "takeover from a dead up", async () => {
            const copy = stack.copy();
            try {
                const run = await HaltedRun.at("link: memory", stack);
                await run.kill("both");
                const { stdout } = expectSuccess(await copy.up());
                // On a slow machine the lease may run out before the second one looks.
                const why = "(that died|whose lease ran out)";
                expect(stdout).toMatch(new RegExp(`taking over from an up ${why}: .+ process ${run.host}`));
                await expectStaleStateCatchesUp();
            } finally {
                await copy.cleanup();
            }
        });
        await expectPutRight(subject);
    });

    it.runIf(isFull)(
        "after the lease has run out, the second takes over, and the first can write nothing more",
        async () => {
            await insteadOf("return", "takeover from an up that hangs", async () => {
                const copy = stack.copy();
                // It waits until the lease has run out.
                copy.setConfig("services.web.lockTimeout", "2m");
                try {
                    const run = await HaltedRun.at("link: memory", stack);
                    // A stopped process may go on at any time, so the second one must wait for the lease.
                    process.kill(run.host, "SIGSTOP");
                    const { stdout } = expectSuccess(await copy.up());
                    expect(stdout).toMatch(
                        new RegExp(`taking over from an up whose lease ran out: .+ process ${run.host}`),
                    );
                    const settled = await endState(stack);
                    run.resume();
                    process.kill(run.host, "SIGCONT");
                    const first = await run.command.result;
                    expect(first.code).not.toBe(0);
                    expect(first.stdout + first.stderr).toContain("another up has taken over this front");
                    expect(await endState(stack)).toEqual(settled);
                    await expectStaleStateCatchesUp();
                } finally {
                    await copy.cleanup();
                }
            });
            await expectPutRight(subject);
        },
    );

    /** Expects that the next `up` of the first folder touches nothing, although its state lacks what the second one did. */
    async function expectStaleStateCatchesUp(): Promise<void> {
        const before = [await confirmedAt(stack), await lifeOf(stack, "blue"), await lifeOf(stack, "green")];
        await cancelWhereLocked();
        expectSuccess(await stack.up());
        expect([await confirmedAt(stack), await lifeOf(stack, "blue"), await lifeOf(stack, "green")]).toEqual(before);
    }
});
