import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../docker/Engine";
import { slotsFor } from "../../model/addresses";
import type { RecordedRelease } from "../../model/Release";
import { expectSuccess } from "../support/command";
import { RealStage } from "../support/conformance/RealStage";
import { SimulatedStage } from "../support/conformance/SimulatedStage";
import { playPart, type Releases, story } from "../support/conformance/story";
import { haproxyImage, oneAfterTheOther } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";
import { recorded, releaseOf } from "../unit/plan/support";

// The simulation in test/simulation proves only as much as its ports behave like the real ones. This test plays the same
// story on both, and compares what each port call has reported.

let stack: TestStack;
let real: RealStage;
let simulated: SimulatedStage;
let releases: Releases;

beforeAll(async () => {
    // A front needs at least one service. This one has no part in the story.
    const beside = { image: "relink-hello:v1", strategy: { rolling: { wait: "0s" } }, minHealthyTime: "100ms" };
    stack = await createStack({ config: { front: { image: haproxyImage }, services: { beside } } });
    expectSuccess(await stack.up());
    releases = {
        a: await releaseOn("v1", 1),
        b: await releaseOn("v2", 2),
        c: await releaseOn("v1", 3, { env: { LEVEL: "debug" } }),
        broken: await releaseOn("v2", 4, { entrypoint: ["/there/is/no/such/program"] }),
    };
    real = await RealStage.of(stack, slotsFor(releases.a.settings.maxReplicas));
    simulated = new SimulatedStage(Object.values(releases));
});

afterAll(async () => {
    await real?.end();
    await stack?.cleanup();
});

/** A release of the sample app, checked often. */
async function releaseOn(version: string, promotion: number, settings: object = {}): Promise<RecordedRelease> {
    const image = `relink-hello:${version}`;
    const { Id: imageId } = await Engine.connect().docker.getImage(image).inspect();
    const { settings: checked, id = "" } = releaseOf(version, {
        image,
        health: { path: "/healthz", interval: "500ms" },
        ...settings,
    });
    const local = { image, digest: imageId, imageId, source: "local" as const };
    return { ...recorded(version, { promotion, proved: false, linked: false }), ...local, settings: checked, id };
}

describe("The real ports and the simulated ones report the same", () => {
    oneAfterTheOther();

    it.each(story)("when $what", async part => {
        const onReal = await playPart(real, part, releases);
        expect(onReal.end).toBe(part.end ?? "done");
        expect(await playPart(simulated, part, releases)).toEqual(onReal);
    });
});
