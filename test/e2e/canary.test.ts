import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { watchContainers } from "../../docker/events";
import { slotAddress } from "../../model/addresses";
import type { Color } from "../../model/Color";
import type { Phase } from "../../up/phases";
import { answeredBy } from "../support/answeredBy";
import { expectSuccess } from "../support/command";
import { exampleServices } from "../support/example";
import { badForUsers, breaksAt, errorsOfSick } from "../support/faultyApps";
import { Normaliser } from "../support/goldenPreview";
import { HaltedRun, ways } from "../support/HaltedRun";
import { isFull } from "../support/isFull";
import { LiveFront } from "../support/LiveFront";
import {
    containersOf,
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

/** Expects that a version answers this share of many requests, within 4 sigma. */
async function expectShare(
    version: string,
    percent: number,
    requests = isFull ? 10_000 : 1_000,
    { url }: TestStack = stack,
): Promise<void> {
    const found = await answeredBy(url, version, requests);
    console.log(`${percent} %: ${found} of ${requests} requests were answered by ${version}`);
    const share = percent / 100;
    const sigma = Math.sqrt(requests * share * (1 - share));
    expect(Math.abs(found - requests * share)).toBeLessThanOrEqual(4 * sigma);
}

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
        await expectShare("v2", 25);
        const before = await lives();
        hold(50);
        await golden.expect("canary-weight");
        for (const weight of isFull ? [50, 0] : [0]) {
            hold(weight);
            await underLoad(`a canary at ${weight} %`, stack, async () => void expectSuccess(await stack.up()));
            await expectShare("v2", weight);
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
        await expectShare(wanted, 25, 1_000);
        hold(100);
        expectSuccess(await stack.up());
    });

    it.runIf(isFull)(
        "when another release is wanted in the middle of a canary, its share goes back before its color is touched",
        async () => {
            const [from, other] = (await live()).endsWith("v1") ? ["v1", "v2"] : ["v2", "v1"];
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
                expectSuccess(await stack.up());
            });
            await expectShare(other!, 0, 500);
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
            await expectShare(other!, 25, 1_000);
            // The repair of a canary whose container is gone takes its requests away.
            const canary = color === "blue" ? "green" : "blue";
            await front.engine.docker.getContainer(`${stack.front}-web-${canary}-1`).remove({ force: true });
            const { stdout } = expectSuccess(await stack.up());
            expect(stdout).toContain(`${canary} gives its share of the requests back`);
            await expectShare(other!, 0, 500);
            set({ driftPolicy: undefined });
            expectSuccess(await stack.up());
            await expectShare(other!, 25, 1_000);
        },
    );
});

describe("A canary whose steps have containers of their own: 1 of 3 at 25 %, 2 of 3 at 50 %", () => {
    oneAfterTheOther();

    let growing: TestStack;
    let ofGrowing: LiveFront;
    const ask = (settings: Record<string, unknown>) => {
        for (const [key, value] of Object.entries(settings)) {
            growing.setConfig(`services.web.${key}`, value);
        }
    };
    /** The example's steps without its cookie, which would keep each client on one color. */
    const quick = {
        strategy: {
            canary: {
                steps: [
                    { weight: 25, replicas: 1, pause: "1s" },
                    { weight: 50, replicas: 2, pause: "1s" },
                ],
            },
        },
    };

    /** @returns the result of `act`, and how many containers of a color were started meanwhile */
    async function startedOn<T>(color: Color, act: () => Promise<T>): Promise<[T, number]> {
        const labels = { "relink.stack": growing.name, "relink.color": color };
        const events = watchContainers(ofGrowing.engine, labels);
        try {
            await events.ready;
            const result = await act();
            let started = 0;
            while ((await events.next(({ action }) => action === "start", 0)) !== undefined) {
                started++;
            }
            return [result, started];
        } finally {
            events.close();
        }
    }

    beforeAll(async () => {
        growing = await createStack({ config: webStack(exampleServices("canary").web) });
        ofGrowing = new LiveFront(growing);
        expectSuccess(await growing.up());
    });

    afterAll(() => growing?.cleanup());

    it("a release that is judged bad at the first step never had more than one container", async () => {
        const before = await lifeOf(growing, "blue");
        ask({ image: "node:24-slim", command: ["node", "-e", badForUsers] });
        const [failed, started] = await startedOn("green", () =>
            failingUp("a canary of one container that answers with errors", growing, {
                mix: { post: 2, newConnection: 1 },
                allowed: errorsOfSick,
            }),
        );
        expect(failed.printed).toMatch(/was judged bad at 25 %: \d+ of \d+ answers were errors/);
        expect(failed.versionsAfterwards).toEqual(["v1"]);
        expect(started).toBe(1);
        expect(await countsOf(growing)).toEqual([3, 1]);
        expect(await lifeOf(growing, "blue")).toEqual(before);
        expect(await outputsOf(growing)).toMatchObject({ live: "blue", stable: "blue" });
    });

    it("when a container of the second step cannot be proved, the first step's share stays and the next up goes on", async () => {
        const before = await lifeOf(growing, "blue");
        const { block } = (await ofGrowing.service("web")).green;
        ask({ image: "relink-hello:v2", command: breaksAt(slotAddress(block!, 2)), ...quick });
        const { load, printed } = await failingUp("a canary whose second container breaks", growing, {
            mix: withoutWebSockets,
        });
        expect(printed).toContain("broken in this place");
        expect(printed).toContain("green keeps its 25 % of the requests with 1 container");
        expect(Object.keys(load.byVersion).sort()).toEqual(["v1", "v2"]);
        expect(await ofGrowing.service("web")).toMatchObject({ live: "blue", percent: 25 });
        await expectShare("v2", 25, undefined, growing);
        expect(await countsOf(growing)).toEqual([3, 1]);
        const first = await lifeOf(growing, "green");
        // The same config goes on with the next step, and fails there again.
        const { printed: again } = await failingUp("the same again", growing, { mix: withoutWebSockets });
        expect(again).toContain("it gets 50 % with 2 containers, then all of the requests");
        expect(again).toContain("broken in this place");
        expect(await lifeOf(growing, "green")).toEqual(first);
        expect(await lifeOf(growing, "blue")).toEqual(before);
        expect(await outputsOf(growing)).toMatchObject({ live: "blue", stable: "blue" });
    });

    it("each step has its containers before its share, and in the end the link moves to all of them", async () => {
        const before = await lifeOf(growing, "blue");
        ask({ image: "relink-hello:v2", command: undefined, ...quick });
        const [, started] = await startedOn("green", () =>
            underLoad(
                "a canary that gets its containers step by step",
                growing,
                async () => {
                    // Before the next containers start, those of this step have its share.
                    const run = await HaltedRun.at("scale: record", growing, undefined, 2);
                    expect(await countsOf(growing)).toEqual([3, 1]);
                    await expectShare("v2", 25, undefined, growing);
                    await run.again();
                    expect(await countsOf(growing)).toEqual([3, 2]);
                    await expectShare("v2", 50, undefined, growing);
                    run.resume();
                    const { stdout } = expectSuccess(await run.command.result);
                    expect(stdout).toContain(
                        "1. green gets 25 % of the requests with 1 container and is judged for 1 s",
                    );
                    expect(stdout).toContain("3. green gets all requests with 3 containers: the link moves");
                },
                { mix: withoutWebSockets },
            ),
        );
        expect(started).toBe(3);
        expect(await countsOf(growing)).toEqual([3, 3]);
        expect(await lifeOf(growing, "blue")).toEqual(before);
        expect(await outputsOf(growing)).toMatchObject({ live: "green", stable: "green", green: { replicas: 3 } });
        expect((await ofGrowing.record("web")).green.replicas).toBe(3);
        const { changeSummary } = await growing.previewJson();
        expect(Object.keys(changeSummary ?? {})).toEqual(["same"]);
    });

    it
        .runIf(isFull)
        .each(
            ways.flatMap(way =>
                (
                    [
                        "scale: record",
                        "scale: configure",
                        "scale: start",
                        "scale: prove",
                        "scale: keep",
                        "scale: proved",
                    ] satisfies Phase[]
                ).map(phase => [phase, way] as const),
            ),
        )("at %s, kill -9 of %s: the next up goes on with the next step", async (phase, way) => {
        const { live } = await outputsOf(growing);
        const [wanted, canary] = live === "green" ? ["v1", "blue"] : ["v2", "green"];
        ask({ image: `relink-hello:${wanted}`, env: { RUN: `${phase} ${way}` }, ...quick });
        const before = await lifeOf(growing, live as Color);
        await underLoad(
            `a canary gets its containers, kill -9 of ${way} at "${phase}"`,
            growing,
            async () => {
                await (await HaltedRun.at(phase, growing)).kill(way);
                if (way !== "host") {
                    expectSuccess(await growing.pulumi(["cancel", "--yes"]));
                }
                expect(await ofGrowing.service("web")).toMatchObject({ live, percent: 25 });
                const { stdout } = expectSuccess(await growing.up());
                expect(stdout).toContain("it gets 50 % with 2 containers, then all of the requests");
            },
            { mix: withoutWebSockets, ratePerSecond: 100 },
        );
        expect(await lifeOf(growing, live as Color)).toEqual(before);
        expect(await countsOf(growing)).toEqual([3, 3]);
        expect(await outputsOf(growing)).toMatchObject({ live: canary, stable: canary });
        expect((await ofGrowing.record("web")).intent).toBeUndefined();
    });
});

describe.runIf(isFull)("The canary story: Debian's nginx is the old app, Debian's apache2 the new one", () => {
    let story: TestStack;
    const ask = (image: string, weight: number, replicas = 4) => {
        story.setConfig("services.web.image", `relink-${image}:debian`);
        story.setConfig("services.web.strategy", { canary: { weight, replicas } });
    };
    const counts = () => countsOf(story);
    const up = (name: string) =>
        underLoad(name, story, async () => void expectSuccess(await story.up()), { mix: { newConnection: 1 } });

    beforeAll(async () => {
        story = await createStack({
            config: webStack({
                image: "relink-nginx:debian",
                port: 80,
                replicas: 4,
                health: { path: "/", interval: "500ms" },
            }),
        });
        expectSuccess(await story.up());
    });

    afterAll(() => story?.cleanup());

    it("one new instance answers 1 of 4 requests", async () => {
        ask("apache2", 25, 1);
        await up("story: one apache2 beside 4 nginx");
        await expectShare("apache2", 25, 10_000, story);
        expect(await counts()).toEqual([4, 1]);
    });

    it("after going back, the old instances answer every request, and none of them was touched", async () => {
        ask("apache2", 0, 1);
        const before = await lifeOf(story, "blue");
        await up("story: back to nginx");
        await expectShare("apache2", 0, 2_000, story);
        expect(await lifeOf(story, "blue")).toEqual(before);
    });

    it("one new instance after another joins, until the new app answers every request", async () => {
        for (const replicas of [1, 2, 3, 4]) {
            ask("apache2", 25 * replicas, replicas);
            await up(`story: ${replicas} apache2`);
            await expectShare("apache2", 25 * replicas, 10_000, story);
            expect(await counts()).toEqual([4, replicas]);
        }
        expect(await outputsOf(story)).toMatchObject({ live: "green", stable: "green" });
    });

    it("the return to nginx is immediate, because its instances are still warm", async () => {
        ask("nginx", 25);
        await up("story: return to nginx");
        await expectShare("nginx", 100, 2_000, story);
        expect(await counts()).toEqual([4, 4]);
    });
});

/** @returns how many containers blue and green have */
async function countsOf(of: TestStack): Promise<number[]> {
    const colors = await Promise.all((["blue", "green"] as const).map(color => containersOf(of, color)));
    return colors.map(containers => containers.length);
}

/** Visits the service as a browser does. */
async function visit(cookie?: string): Promise<{ version: string; cookie: string }> {
    const response = await fetch(stack.url, { headers: cookie === undefined ? {} : { cookie } });
    await response.arrayBuffer();
    const set = response.headers.get("set-cookie");
    return { version: response.headers.get("x-version") ?? "", cookie: set?.split(";")[0] ?? cookie ?? "" };
}
