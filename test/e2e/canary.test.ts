import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectShare } from "../support/canary";
import { expectSuccess } from "../support/command";
import { exampleServices } from "../support/example";
import { badForUsers, errorsOfSick } from "../support/faultyApps";
import { Normaliser } from "../support/goldenPreview";
import { HaltedRun, ways } from "../support/HaltedRun";
import { isFull } from "../support/isFull";
import { LiveFront } from "../support/LiveFront";
import {
    type FailedUp,
    failingUp,
    lifeOf,
    oneAfterTheOther,
    outputsOf,
    underLoad,
    webStack,
    withoutWebSockets,
} from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

// The example `canary`: a release gets the requests share by share. Each test goes on where the one before ended.
// `RELINK_FULL=1` adds the long tests.
let stack: TestStack;
let front: LiveFront;
let golden: Normaliser;

beforeAll(async () => {
    const one = { ...exampleServices("canary").web, replicas: 1, strategy: "blueGreen" };
    stack = await createStack({ config: webStack(one) });
    front = new LiveFront(stack);
    golden = await Normaliser.forHello(stack, front.engine);
    expectSuccess(await stack.up());
});

afterAll(() => stack?.cleanup());

function set(settings: Record<string, unknown>): void {
    for (const [key, value] of Object.entries(settings)) {
        stack.setConfig(`services.web.${key}`, value);
    }
}

const hold = (weight: number, more: object = {}): void => set({ strategy: { canary: { weight, ...more } } });

/** Both colors' containers. No change of a share may touch them. */
const lives = async (): Promise<string[][]> => [await lifeOf(stack, "blue"), await lifeOf(stack, "green")];

/** Runs an `up` under load that must fail. Afterwards the live release answers every user. */
async function failing(name: string): Promise<FailedUp> {
    const failed = await failingUp(name, stack, { mix: { post: 2, newConnection: 1 }, allowed: errorsOfSick });
    expect(failed.versionsAfterwards).toEqual([`v${(await live()).slice(-1)}`]);
    return failed;
}

/** @returns the live image */
async function live(): Promise<string> {
    const { live, ...colors } = (await outputsOf(stack)) as Record<string, string>;
    return (colors[live!] as unknown as { image: string }).image;
}

describe("A canary", () => {
    oneAfterTheOther();

    it("a held weight of 25 %, 50 % and 0 % gets that share of the requests, and no container is touched", async () => {
        set({ image: "relink-hello:v2" });
        hold(25);
        await underLoad("a canary gets 25 %", stack, async () => {
            const { stdout } = expectSuccess(await stack.up());
            expect(stdout).toContain("is proved, then it gets 25 % of the requests");
        });
        expect(await outputsOf(stack)).toMatchObject({ live: "blue", stable: "blue", share: "green 25 %" });
        await expectShare("v2", 25, stack);
        const before = await lives();
        hold(50);
        await golden.expect("canary-weight");
        for (const weight of isFull ? [50, 0] : [0]) {
            hold(weight);
            await underLoad(`a canary at ${weight} %`, stack, async () => void expectSuccess(await stack.up()));
            await expectShare("v2", weight, stack);
        }
        expect(await lives()).toEqual(before);
        expect(await front.record("web")).toMatchObject({ link: { live: "blue" }, stable: { color: "blue" } });
        expect((await front.record("web")).link.percent).toBeUndefined();
    });

    it.runIf(isFull)("previews at 25 % show nothing to do, the way back, and another release", async () => {
        hold(25);
        expectSuccess(await stack.up());
        await golden.expect("canary-nothing");
        const env = { DOCKER_HOST: "unix:///nonexistent/docker.sock", RELINK_ASSUME: "1" };
        const assumed = expectSuccess(await stack.preview(["--diff"], { env }));
        expect(assumed.stdout + assumed.stderr).toContain("it goes on with 25 % of the requests");
        set({ image: "relink-hello:v1" });
        await golden.expect("canary-back");
        const steps = [
            { weight: 10, pause: "1m" },
            { weight: 50, analysis: false },
        ];
        set({ image: "relink-hello:v2", env: { LEVEL: "debug" }, strategy: { canary: { steps } } });
        await golden.expect("canary-another");
        set({ env: undefined });
    });

    it("from 25 % to 100 % only the link moves, and the release is stable", async () => {
        hold(25, { sticky: "cookie" });
        // The hook runs for the canary's color, although the link stays.
        set({ hooks: { prePromotion: { command: 'test "$RELINK_COLOR" = green' } } });
        expectSuccess(await stack.up());
        set({ hooks: undefined });
        const before = await lives();
        // Users stay on their color. Users of the new release also stay when its share grows.
        const users = await Promise.all(Array.from({ length: 40 }, () => visit()));
        for (const { cookie, version } of users) {
            expect((await visit(cookie)).version).toBe(version);
        }
        if (isFull) {
            hold(60, { sticky: "cookie" });
            expectSuccess(await stack.up());
            for (const { cookie, version } of users.filter(({ version }) => version === "v2")) {
                expect((await visit(cookie)).version).toBe(version);
            }
        }
        hold(100);
        const load = await underLoad("a canary gets all", stack, async load => {
            expectSuccess(await stack.up());
            const { requests = 0 } = (await load.snapshot()).byVersion.v2 ?? {};
            await load.until(({ byVersion }) => (byVersion.v2?.requests ?? 0) >= requests + 100, "v2 answers");
            await load.mark("afterwards");
        });
        expect(Object.keys(load.phases.at(-1)?.byVersion ?? {})).toEqual(["v2"]);
        expect(await lives()).toEqual(before);
        expect(await outputsOf(stack)).toMatchObject({ live: "green", stable: "green" });
    });

    it("a canary that is judged bad in one of its steps loses its requests at once, and the error has the verdict", async () => {
        const steps = [{ weight: 20, pause: "20s" }, { weight: 60 }];
        set({ image: "node:24-slim", command: ["node", "-e", badForUsers], strategy: { canary: { steps } } });
        const { load, printed } = await failing("a canary that answers with errors");
        expect(printed).toMatch(/was judged bad at 20 %: \d+ of \d+ answers were errors/);
        expect(printed).toContain("All requests go to green again, which serves relink-hello:v2");
        const { sick, v2 } = load.byVersion;
        expect(sick?.requests).toBeLessThan(v2?.requests ?? 0);
        expect(await outputsOf(stack)).toMatchObject({ live: "green", stable: "green" });
        const { blue, releases, link } = await front.record("web");
        expect(releases[blue.release ?? ""]?.judgedBad?.reason).toMatch(/answers were errors/);
        expect(link.percent).toBeUndefined();
    });

    it.runIf(isFull)("a canary that was judged bad is not tried again by itself", async () => {
        const { code, stdout, stderr } = await stack.up();
        expect(code).not.toBe(0);
        expect(stdout + stderr).toContain("was judged bad");
    });

    it.runIf(isFull)("after a kill -9 in one of the steps, the next up goes on with that step", async () => {
        const steps = [
            { weight: 10, pause: "2s" },
            { weight: 50, pause: "2s" },
        ];
        set({ image: "relink-hello:v1", command: undefined, env: { RUN: "1" }, strategy: { canary: { steps } } });
        const load = await underLoad(
            'a canary, kill -9 at "link: bake"',
            stack,
            async load => {
                await (await HaltedRun.at("link: bake", stack)).kill("both");
                expectSuccess(await stack.pulumi(["cancel", "--yes"]));
                await load.mark("killed");
                const { stdout } = expectSuccess(await stack.up());
                expect(stdout).toContain("first judges what blue serves, since that did not come to its end");
                expect(stdout).toContain("it gets 50 %, then all of the requests");
            },
            { mix: withoutWebSockets, ratePerSecond: 100 },
        );
        expect(load.byVersion.v1?.requests).toBeGreaterThan(0);
        expect(await outputsOf(stack)).toMatchObject({ live: "blue", stable: "blue" });
        expect((await front.record("web")).intent).toBeUndefined();
    });

    it
        .runIf(isFull)
        .each(
            ways.flatMap(way =>
                (["link: intent", "link: file", "link: memory", "link: confirm", "link: confirmed"] as const).map(
                    phase => [phase, way] as const,
                ),
            ),
        )("a held weight, at %s, kill -9 of %s: after the next up the release has its share", async (phase, way) => {
        const wanted = (await live()).endsWith("v1") ? "v2" : "v1";
        set({ image: `relink-hello:${wanted}`, env: { RUN: `${phase} ${way}` } });
        hold(25);
        await underLoad(
            `a canary, kill -9 of ${way} at "${phase}"`,
            stack,
            async () => {
                await (await HaltedRun.at(phase, stack)).kill(way);
                if (way !== "host") {
                    expectSuccess(await stack.pulumi(["cancel", "--yes"]));
                }
                expectSuccess(await stack.up());
            },
            { mix: withoutWebSockets, ratePerSecond: 100 },
        );
        await expectShare(wanted, 25, stack, 1_000);
        hold(100);
        expectSuccess(await stack.up());
    });

    it.runIf(isFull)(
        "when another release is wanted in the middle of a canary, its share goes back before its color is touched",
        async () => {
            const [from, other] = (await live()).endsWith("v1") ? ["v1", "v2"] : ["v2", "v1"];
            // The config asks for this release again in the end, so it gets settings that are known here.
            set({ image: `relink-hello:${from}`, env: { RUN: "1" } });
            hold(100);
            expectSuccess(await stack.up());
            set({ image: `relink-hello:${other}`, env: { RUN: "2" } });
            hold(50);
            expectSuccess(await stack.up());
            set({ env: { RUN: "3" } });
            hold(25);
            const load = await underLoad(
                "another release in the middle of a canary",
                stack,
                async () => {
                    const { stdout } = expectSuccess(await stack.up());
                    expect(stdout).toMatch(/first (blue|green) gives its share of the requests back/);
                },
                { mix: withoutWebSockets },
            );
            expect(Object.keys(load.byVersion).sort()).toEqual([from, other].sort());
            // The config asks for the live release again.
            set({ image: `relink-hello:${from}`, env: { RUN: "1" } });
            await underLoad("the old release in the middle of a canary", stack, async () => {
                const { stdout } = expectSuccess(await stack.up());
                expect(stdout).not.toContain("starting");
            });
            await expectShare(other!, 0, stack, 500);
        },
    );

    it.runIf(isFull)(
        "a share that somebody changed by hand is drift, and the repair restores the confirmed share",
        async () => {
            const [, other] = (await live()).endsWith("v1") ? ["v1", "v2"] : ["v2", "v1"];
            set({ image: `relink-hello:${other}`, env: { RUN: "4" } });
            hold(25);
            expectSuccess(await stack.up());
            const { live: color } = await front.service("web");
            await front.linkByHand("web", color as "blue" | "green", 75);
            const refused = await stack.up();
            expect(refused.code).not.toBe(0);
            expect(refused.stdout + refused.stderr).toContain(
                "HAProxy sends 75 % of its requests to the color that is not live, but the last confirmed share is 25 %",
            );
            set({ driftPolicy: "repair" });
            expectSuccess(await stack.up());
            await expectShare(other!, 25, stack, 1_000);
            // The repair of a canary whose container is gone takes its requests away.
            const canary = color === "blue" ? "green" : "blue";
            await front.engine.docker.getContainer(`${stack.front}-web-${canary}-1`).remove({ force: true });
            const { stdout } = expectSuccess(await stack.up());
            expect(stdout).toContain(`${canary} gives its share of the requests back`);
            await expectShare(other!, 0, stack, 500);
            set({ driftPolicy: undefined });
            expectSuccess(await stack.up());
            await expectShare(other!, 25, stack, 1_000);
        },
    );
});

/** Visits the service as a browser does. */
async function visit(cookie?: string): Promise<{ version: string; cookie: string }> {
    const response = await fetch(stack.url, { headers: cookie === undefined ? {} : { cookie } });
    await response.arrayBuffer();
    const set = response.headers.get("set-cookie");
    return { version: response.headers.get("x-version") ?? "", cookie: set?.split(";")[0] ?? cookie ?? "" };
}
