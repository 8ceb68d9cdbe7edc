import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import axios from "axios";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectSuccess } from "../support/command";
import { badForUsers, errorsOfSick, slowForUsers } from "../support/faultyApps";
import { HaltedRun, ways } from "../support/HaltedRun";
import { isFull } from "../support/isFull";
import { LiveFront } from "../support/LiveFront";
import {
    type FailedUp,
    failingUp,
    lifeOf,
    oneAfterTheOther,
    outputsOf,
    type ScenarioOptions,
    underLoad,
    webStack,
} from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";
import { temporaryFolder } from "../support/temporaryFolder";

// What follows a release's proof: waiting for promotion, the judgement of the live release, and the user's hooks. One
// stack goes through all of it; the order matters.
let stack: TestStack;
let front: LiveFront;
const folder = temporaryFolder("bake");
const notes = join(folder, "notes");
const noted = (): string[] => (existsSync(notes) ? readFileSync(notes, "utf8").trim().split("\n") : []);

const onlyShort = { mix: { post: 2, newConnection: 1 } };

beforeAll(async () => {
    stack = await createStack({ config: webStack({ replicas: 1, minHealthyTime: "500ms" }) });
    front = new LiveFront(stack);
    expectSuccess(await stack.up());
});

afterAll(async () => {
    await stack?.cleanup();
});

function set(settings: Record<string, unknown>): void {
    for (const [key, value] of Object.entries(settings)) {
        stack.setConfig(`services.web.${key}`, value);
    }
}

/** Runs an `up` under load that must fail. Afterwards v1 answers every user. */
async function failing(name: string, options: ScenarioOptions = {}): Promise<FailedUp> {
    const failed = await failingUp(name, stack, options);
    expect(failed.versionsAfterwards).toEqual(["v1"]);
    return failed;
}

describe("After a release's proof", () => {
    oneAfterTheOther();

    it("with autoPromotion false, the release waits and answers at its preview address", async () => {
        set({ image: "relink-hello:v2", autoPromotion: false });
        const load = await underLoad("a release that waits for promotion", stack, async () => {
            const { stdout } = expectSuccess(await stack.up());
            expect(stdout).toContain("is proved, and then waits for promotion; the link stays on blue");
        });
        expect(Object.keys(load.byVersion)).toEqual(["v1"]);
        const { headers } = await axios.get(`http://127.0.0.1:${stack.ports.preview}/`, {
            headers: { host: "web.localhost" },
        });
        expect(headers["x-version"]).toBe("v2");
        const { green } = await front.record("web");
        expect(await outputsOf(stack)).toMatchObject({ live: "blue", awaitingPromotion: green.release });
    });

    it("while it waits, an up without promote does nothing and prints the command", async () => {
        const before = [await lifeOf(stack, "blue"), await lifeOf(stack, "green")];
        const { stdout } = expectSuccess(await stack.up());
        const { green } = await front.record("web");
        expect(stdout).toContain(
            `pulumi config set --path 'relink:services.web.promote' ${green.release} && pulumi up`,
        );
        expect([await lifeOf(stack, "blue"), await lifeOf(stack, "green")]).toEqual(before);
    });

    it("with promote, only the link moves and the release is judged", async () => {
        const { green } = await front.record("web");
        set({ promote: green.release, bakeTime: "2s" });
        const before = [await lifeOf(stack, "blue"), await lifeOf(stack, "green")];
        const load = await underLoad("promotion", stack, async load => {
            const { stdout } = expectSuccess(await stack.up());
            expect(stdout).toContain("relink-hello:v2 is stable: 0 of");
            await load.until(({ byVersion }) => (byVersion.v2?.requests ?? 0) >= 100, "v2 answers");
        });
        expect(Object.keys(load.byVersion).sort()).toEqual(["v1", "v2"]);
        expect([await lifeOf(stack, "blue"), await lifeOf(stack, "green")]).toEqual(before);
        expect((await front.record("web")).stable?.color).toBe("green");
        // Going back needs no promotion.
        set({ image: "relink-hello:v1", promote: undefined });
        expectSuccess(await stack.up());
        expect(await outputsOf(stack)).toMatchObject({ live: "blue", stable: "blue" });
        set({ autoPromotion: true });
    });

    it("fault 9: errors after the switch move the link back at once, with the reason, and onRollback runs", async () => {
        set({
            image: "node:24-slim",
            command: ["node", "-e", badForUsers],
            bakeTime: "20s",
            hooks: { onRollback: { command: `echo "$RELINK_SERVICE $RELINK_COLOR: $RELINK_REASON" >> ${notes}` } },
        });
        const { load, printed } = await failing("errors after the switch", { ...onlyShort, allowed: errorsOfSick });
        expect(printed).toMatch(/was judged bad: \d+ of \d+ answers were errors \([\d.]+ %, allowed are 5 %/);
        expect(printed).toContain("The link was moved back to blue, which serves relink-hello:v1");
        expect(noted()).toEqual([expect.stringMatching(/^web green: \d+ of \d+ answers were errors/)]);
        const sick = load.byVersion.sick;
        console.log(
            `errors after the switch: users had ${sick?.requests} errors in ${Math.round((sick?.lastSeenMs ?? 0) - (sick?.firstSeenMs ?? 0))} ms`,
        );
        expect(await outputsOf(stack)).toMatchObject({ live: "blue", stable: "blue" });
    });

    it("a release that was judged bad is not tried again by itself", async () => {
        const { printed } = await failing("judged bad before");
        expect(printed).toContain("was judged bad");
        expect(printed).toContain("set retryToken to try it again");
        expect(noted()).toHaveLength(1);
    });

    it.runIf(isFull)("a release that answers users slowly loses the link, and no request is lost", async () => {
        set({ command: ["node", "-e", slowForUsers] });
        const { load, printed } = await failing("slowness after the switch", onlyShort);
        expect(printed).toMatch(/answers took \d+ ms on average, and \d+ ms before: more than 3 times as long/);
        expect(load.byVersion.slow?.requests).toBeGreaterThan(0);
    });

    it.runIf(isFull)("fault 6: when a request of prePromotion fails, the link never moves", async () => {
        set({
            image: "relink-hello:v2",
            command: undefined,
            bakeTime: "0s",
            hooks: { prePromotion: { http: { path: "/", body: "no such text" } } },
        });
        const { load, printed } = await failing("hooks.prePromotion.http fails");
        expect(printed).toContain('GET / was answered with no "no such text" in the body');
        expect(Object.keys(load.byVersion)).toEqual(["v1"]);
    });

    it.runIf(isFull)("when postPromotion fails, the link is moved back", async () => {
        set({
            hooks: {
                preDeploy: { command: `echo "preDeploy $RELINK_IMAGE" >> ${notes}` },
                prePromotion: { http: { path: "/", header: "x-version: v2" } },
                postPromotion: { command: "echo sales are down; exit 4" },
            },
            env: { BUILD: "2" },
        });
        const { printed } = await failing("hooks.postPromotion says no");
        expect(printed).toContain("hooks.postPromotion: failed with exit code 4");
        expect(printed).toContain("sales are down");
        expect(printed).toContain("The link was moved back to blue");
        expect(noted().at(-1)).toBe("preDeploy relink-hello:v2");
    });

    it.runIf(isFull)(
        "fault 7: when postPromotion gets no answer, the link stays, the predecessor stays warm, and the next up judges again",
        async () => {
            const silent = `http://127.0.0.1:${stack.ports.metrics + 1}/silent`;
            set({ hooks: { postPromotion: { webhook: silent, timeout: "2s" } }, retryToken: "again" });
            let printed = "";
            const load = await underLoad("hooks.postPromotion does not answer", stack, async () => {
                const { code, stdout, stderr } = await stack.up();
                printed = stdout + stderr;
                expect(code, printed).not.toBe(0);
            });
            expect(printed).toContain("nobody can say yet whether relink-hello:v2 is good");
            expect(Object.keys(load.byVersion).sort()).toEqual(["v1", "v2"]);
            expect(await front.record("web")).toMatchObject({ link: { live: "green" }, stable: { color: "blue" } });
            set({ hooks: {} });
            const { stdout } = expectSuccess(await stack.up());
            expect(stdout).toContain("judges what green serves, since that did not come to its end");
            expect(await front.record("web")).toMatchObject({ link: { live: "green" }, stable: { color: "green" } });
        },
    );

    it.runIf(isFull).each(ways)(
        "after a kill -9 of %s while the link moves back, the next up moves it back",
        async way => {
            // Each way gets a release that was not judged yet.
            set({ image: "node:24-slim", command: ["node", "-e", badForUsers], bakeTime: "20s", env: { WAY: way } });
            const load = await underLoad(
                `kill -9 of ${way} at "link: back"`,
                stack,
                async load => {
                    await (await HaltedRun.at("link: back", stack)).kill(way);
                    if (way !== "host") {
                        expectSuccess(await stack.pulumi(["cancel", "--yes"]));
                    }
                    const { code, stdout, stderr } = await stack.up();
                    expect(code, stdout).not.toBe(0);
                    expect(stdout + stderr).toContain("The link was moved back to green");
                    await load.mark("afterwards");
                },
                { ...onlyShort, allowed: errorsOfSick },
            );
            expect(Object.keys(load.phases.at(-1)?.byVersion ?? {})).toEqual(["v2"]);
            expect(await outputsOf(stack)).toMatchObject({ live: "green", stable: "green" });
            expect((await front.record("web")).intent).toBeUndefined();
            set({ image: "relink-hello:v2", command: undefined, env: { BUILD: "2" } });
            expectSuccess(await stack.up());
        },
    );
});
