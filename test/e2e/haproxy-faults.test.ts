import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../docker/Engine";
import type { Phase } from "../../up/phases";
import { expectSuccess } from "../support/command";
import { expectPutRight } from "../support/expectPutRight";
import { expectNoWayBack, gapUnderLoad } from "../support/gap";
import { HaltedRun } from "../support/HaltedRun";
import { isFull } from "../support/isFull";
import { LiveFront } from "../support/LiveFront";
import { inAnchor } from "../support/leftovers";
import { openStream } from "../support/longRequests";
import { Subject } from "../support/Subject";
import { containersOf, lifeOf, underLoad, withoutWebSockets } from "../support/scenario";
import { proofAndSwitchSteps } from "../support/steps";
import { until } from "../support/until";

// In the middle of a release, HAProxy restarts, is reloaded, does not answer or refuses its files.

const steps: Phase[] = ["deploy: configure", ...proofAndSwitchSteps];
const killed = isFull ? steps : [];
const reloaded = isFull ? steps : [];

const { docker } = Engine.connect();
let subject: Subject;
let front: LiveFront;

async function begin(): Promise<void> {
    subject = await Subject.create();
    front = new LiveFront(subject.stack);
}

beforeAll(begin);

afterAll(() => subject?.stack.cleanup());

afterEach(async ({ task }) => {
    if (task.result?.state === "fail") {
        // The next case needs a stack in a known state.
        await subject.stack.cleanup();
        await begin();
    }
});

async function generation(): Promise<string> {
    return (await front.observe()).generations.at(-1)!.name;
}

/** Waits until the newest image has answered 50 requests. */
async function answered(load: { until: Parameters<Parameters<typeof underLoad>[2]>[0]["until"] }): Promise<void> {
    const to = subject.version();
    await load.until(({ byVersion }) => (byVersion[to]?.requests ?? 0) >= 50, `${to} answers`);
}

describe("fault 17: HAProxy in the middle of a release", () => {
    it.each(killed)(
        "killed at %s, HAProxy comes back with what its files say, and the release goes on to its end",
        async at => {
            const { stack } = subject;
            await subject.prepare("release");
            const from = subject.version();
            subject.wish("release");
            const run = await HaltedRun.at(at, stack);
            const harm = async () => {
                const { State } = await docker.getContainer(await generation()).inspect();
                process.kill(State.Pid, "SIGKILL");
                return undefined;
            };
            const load = await gapUnderLoad(`HAProxy killed at "${at}"`, stack, harm, {
                documented: "HAProxy killed",
                afterwards: async load => {
                    run.resume();
                    expectSuccess(await run.command.result);
                    await answered(load);
                },
            });
            expectNoWayBack(load, from, subject.version());
            await expectPutRight(subject);
        },
    );

    it.each(reloaded)(
        "reloaded by hand at %s, HAProxy loses no request, and the release goes on to its end",
        async at => {
            const { stack } = subject;
            await subject.prepare("release");
            const from = subject.version();
            subject.wish("release");
            const load = await underLoad(
                `HAProxy reloaded at "${at}"`,
                stack,
                async load => {
                    const run = await HaltedRun.at(at, stack);
                    await front.reload();
                    run.resume();
                    expectSuccess(await run.command.result);
                    await answered(load);
                },
                { mix: withoutWebSockets, ratePerSecond: 100 },
            );
            // The reload has read the link from the file. The worker that it replaces has the one before, until it is told.
            expectNoWayBack(load, from, subject.version(), at === "link: memory");
            await expectPutRight(subject);
        },
    );

    it.runIf(isFull)(
        "reloaded by hand while the previous color drains, HAProxy finishes the requests there first",
        async () => {
            const { stack } = subject;
            await subject.prepare("stop");
            const from = subject.version();
            const previous = subject.live;
            const stream = await openStream(stack.url, 12);
            expect(stream.version).toBe(from);
            subject.wish("stop");
            await underLoad(
                "HAProxy reloaded during a drain",
                stack,
                async load => {
                    const command = stack.start(["up", "--yes", "--skip-preview"]);
                    await load.until(
                        ({ byVersion }) => (byVersion[subject.version()]?.requests ?? 0) > 0,
                        "the switch",
                        120,
                    );
                    await front.reload();
                    expect((await containersOf(stack, previous)).map(({ state }) => state)).toEqual(["running"]);
                    expect(await stream.body).toMatch(/./);
                    expectSuccess(await command.result);
                },
                { mix: { post: 2, newConnection: 1 }, ratePerSecond: 100 },
            );
            await expectPutRight(subject);
        },
    );
});

describe("fault 18: HAProxy does not take what a release needs", () => {
    const byHand = "/relink/config/current/conf/90-by-hand.cfg";

    /**
     * Runs an `up` that must fail while users notice nothing.
     *
     * @returns what it printed
     */
    async function refused(scenario: string, act: () => Promise<{ code: number; stdout: string; stderr: string }>) {
        const { stack } = subject;
        const live = await lifeOf(stack, subject.live);
        const version = subject.version();
        let printed = "";
        const load = await underLoad(
            scenario,
            stack,
            async () => {
                const { code, stdout, stderr } = await act();
                printed = stdout + stderr;
                expect(code, printed).not.toBe(0);
            },
            { mix: withoutWebSockets, ratePerSecond: 100 },
        );
        expect(Object.keys(load.byVersion)).toEqual([version]);
        expect(await lifeOf(stack, subject.live)).toEqual(live);
        return printed;
    }

    it("a line that somebody wrote into its files is refused and named, before anything is switched", async () => {
        const { stack } = subject;
        await subject.prepare("release");
        await inAnchor(stack, `printf 'nonsense\\n' > ${byHand}`);
        const next = subject.version() === "v1" ? "v2" : "v1";
        stack.setConfig("services.web.image", `relink-hello:${next}`);
        stack.setConfig("services.web.env", { BUILD: "by hand" });
        const printed = await refused("HAProxy refuses its files", () => stack.up());
        expect(printed).toContain("conf/90-by-hand.cfg line 1 (nonsense)");
        await inAnchor(stack, `rm ${byHand}`);
        await subject.unbroken("release");
        await expectPutRight(subject);
    });

    it.runIf(isFull)(
        "after a reload that fails, the old worker goes on, its files are taken back, and the next up succeeds",
        async () => {
            const { stack } = subject;
            await subject.prepare("release");
            // HAProxy's check of the files does not look at the limits of the process that loads them.
            await inAnchor(stack, `printf 'global\\n    ulimit-n 900000\\n' > ${byHand}`);
            const color = subject.idle;
            const file = `/relink/config/current/conf/20-web-${color}.cfg`;
            const before = await inAnchor(stack, `cat ${file}`);
            stack.setConfig("services.web.health", { path: "/healthz?other", interval: "500ms" });
            const printed = await refused("HAProxy cannot reload", () => stack.up());
            expect(printed).toMatch(/refused to reload[\s\S]*900000/);
            expect(await inAnchor(stack, `cat ${file}`)).toBe(before);

            await inAnchor(stack, `rm ${byHand}`);
            await subject.unbroken("release");
            await expectPutRight(subject);
            expect(await inAnchor(stack, `cat /relink/config/current/conf/20-web-${subject.live}.cfg`)).toContain(
                "/healthz?other",
            );
        },
    );

    it.each(isFull ? (["deploy: prove", "link: intent", "link: memory"] satisfies Phase[]) : [])(
        "when its socket vanishes at %s, the up fails and the next up says what to do",
        async at => {
            const { stack } = subject;
            await subject.prepare("return");
            const name = await generation();
            const socket = `/relink/run/master-${name.split("-gen-")[1]}.sock`;
            const live = subject.live;
            const kind = at.startsWith("link") ? "return" : "release";
            if (kind === "release") {
                stack.setConfig("services.web.env", { BUILD: "another" });
                stack.setConfig("services.web.healthyDeadline", "15s");
            } else {
                stack.setConfig("services.web.live", subject.idle);
            }
            const printed = await refused(`HAProxy's socket vanishes at "${at}"`, async () => {
                const run = await HaltedRun.at(at, stack);
                await inAnchor(stack, `rm ${socket}`);
                run.resume();
                return run.command.result;
            });
            expect(printed).toMatch(/HAProxy/);
            const again = await stack.up();
            expect(again.code).not.toBe(0);
            expect(again.stdout + again.stderr).toContain(`docker restart ${name}`);

            await docker.getContainer(name).restart({ t: 2 });
            stack.setConfig("services.web.live", undefined);
            stack.setConfig("services.web.healthyDeadline", "90s");
            await until(async () => ((await front.observe()).front?.workers.length ? true : undefined), {
                deadline: Date.now() + 30_000,
                what: "HAProxy is back",
            });
            expect((await front.service("web")).live).toBe(live);
            await subject.unbroken("release");
            await expectPutRight(subject);
        },
    );
});
