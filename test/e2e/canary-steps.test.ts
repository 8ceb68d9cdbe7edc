import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { watchContainers } from "../../docker/events";
import { slotAddress } from "../../model/addresses";
import type { Color } from "../../model/Color";
import type { Phase } from "../../up/phases";
import { countsOf, expectShare } from "../support/canary";
import { expectSuccess } from "../support/command";
import { exampleServices } from "../support/example";
import { badForUsers, breaksAt, errorsOfSick } from "../support/faultyApps";
import { HaltedRun, ways } from "../support/HaltedRun";
import { isFull } from "../support/isFull";
import { LiveFront } from "../support/LiveFront";
import {
    failingUp,
    lifeOf,
    oneAfterTheOther,
    outputsOf,
    underLoad,
    webStack,
    withoutWebSockets,
} from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

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
        await expectShare("v2", 25, growing);
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
                    await expectShare("v2", 25, growing);
                    await run.again();
                    expect(await countsOf(growing)).toEqual([3, 2]);
                    await expectShare("v2", 50, growing);
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
