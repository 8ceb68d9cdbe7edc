import { afterEach, describe, expect, it } from "vitest";
import { anchorScript } from "../../front/watchdog";
import { BareFront } from "../support/BareFront";
import { expectNoLoss, type LoadRun, startLoad } from "../support/load";
import { type LongStream, openStream } from "../support/longRequests";
import { until } from "../support/until";

// HAProxy in the anchor, which stands in while no generation runs. Without Pulumi.

let front: BareFront;
let load: LoadRun | undefined;

afterEach(async () => {
    load?.kill();
    await front.remove();
});

/** Waits until the generation alone serves. */
async function isBack(): Promise<void> {
    await until(async () => ((await front.serving()).join() === "1" ? true : undefined), {
        deadline: Date.now() + 30_000,
        what: "the stand-in still serves",
    });
}

/** The anchor's script before a stand-in could be replaced. Fronts keep the anchor that they were made with. */
const earlierAnchorScript = anchorScript.replace("        standin=\n        rm -f", "        rm -f");

/** Makes a front whose generation was stopped and is back, while the stand-in still finishes a response of 20 s. */
async function withBusyStandIn(script: string): Promise<LongStream> {
    front = await BareFront.start({}, ["*"], { anchorScript: script });
    const url = `http://127.0.0.1:${front.ports.http}`;
    load = await startLoad({ url: `${url}/`, connections: 8, mix: { newConnection: 4 }, ratePerSecond: 200 });
    await load.until(({ requests }) => requests > 100, "the first answers");
    const generation = front.engine.docker.getContainer(front.generation);
    await generation.stop();
    const stream = await openStream(url, 20);
    await generation.start();
    await isBack();
    return stream;
}

describe("the stand-in", () => {
    it("takes over once more while it still finishes a request from before", async () => {
        const stream = await withBusyStandIn(anchorScript);
        await front.engine.docker.getContainer(front.generation).restart();
        await isBack();
        await stream.body;
        expectNoLoss(await load!.stop(), { atLeast: 500 });
    });

    it("of an earlier anchor takes over once more as soon as that request is finished", async () => {
        expect(earlierAnchorScript).not.toBe(anchorScript);
        const stream = await withBusyStandIn(earlierAnchorScript);
        const restarted = front.engine.docker.getContainer(front.generation).restart();
        await new Promise(resolve => setTimeout(resolve, 1_500));
        stream.end();
        await restarted;
        await isBack();
        expectNoLoss(await load!.stop(), { atLeast: 500 });
    });
});

describe("a generation", () => {
    it("waits for its anchor although an older anchor has left a file that only root may replace", async () => {
        const anchorProcess = `$(grep -l "^PPid:[[:space:]]*1$" /proc/[0-9]*/status | cut -d / -f 3)`;
        front = await BareFront.start({}, ["*"], {
            anchorScript,
            // The anchor cannot write before the generation runs.
            beforehand: async front =>
                void (await front.inAnchor(`echo of before > /relink/run/anchor; kill -STOP ${anchorProcess}`)),
        });
        await front.inAnchor(`kill -CONT ${anchorProcess}`);
        await until(async () => (/^\S+\n$/.test(await front.inAnchor("cat /relink/run/anchor")) ? true : undefined), {
            deadline: Date.now() + 10_000,
            what: "the anchor does not say which start it is",
        });
        // The generation reads the file once a second.
        await new Promise(resolve => setTimeout(resolve, 2_000));
        const anchor = front.engine.docker.getContainer(front.anchor);
        await anchor.stop({ t: 1 });
        await new Promise(resolve => setTimeout(resolve, 3_000));
        await anchor.start();
        await until(async () => ((await answersFromGeneration()) ? true : undefined), {
            deadline: Date.now() + 20_000,
            what: "Docker has given up the generation",
        });
    });
});

/** @returns whether users are answered by the generation's container */
async function answersFromGeneration(): Promise<boolean> {
    const { State } = await front.engine.docker.getContainer(front.generation).inspect();
    const answer = await front.ask(["GET / HTTP/1.1", "host: x"]).catch(() => undefined);
    return State.Running && answer?.status === 200 && (await front.serving()).join() === "1";
}
