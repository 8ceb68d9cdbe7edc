import { describe, expect, it } from "vitest";
import type { Engine } from "../../../docker/Engine";
import { generationOptions } from "../../../front/createGeneration";
import { planGeneration } from "../../../front/generationPlan";
import type { ContainerInfo } from "../../../model/Container";
import { generationLabels } from "../../../model/FrontImage";
import type { FrontState } from "../../../model/FrontState";
import { frontNames } from "../../../model/Target";
import type { World } from "../../../model/World";
import { settingsOf } from "../settings/support";

/** Fails where it is asked, because these images are all held by a container. */
const noEngine = {} as Engine;
const name = "front";

const anchor = {
    id: "anchor",
    name,
    labels: { [generationLabels.image]: "haproxy:3.0" },
    imageId: "sha256:30",
} as unknown as ContainerInfo;

function generation(number: number, labels: Record<string, string> = {}, change: Partial<ContainerInfo> = {}) {
    return {
        id: `gen-${number}`,
        imageId: "sha256:own",
        name: frontNames(name).generation(number),
        labels: { "relink.generation": String(number), "relink.anchor": "anchor", ...labels },
        state: "running",
        networkMode: "container:anchor",
        restartPolicy: "always",
        ...change,
    } as ContainerInfo;
}

function planned(image: string, ...generations: ContainerInfo[]) {
    const versions = generations.map(({ labels }) => ({
        name: labels["relink.generation"],
        version: "3.0.11-1+deb13u2",
    }));
    const world = {
        anchor,
        generations,
        containers: [anchor, ...generations],
        front: { generations: versions, workers: [], deadSockets: [] } as unknown as FrontState,
    } as unknown as World;
    return planGeneration(
        noEngine,
        settingsOf({ front: { name, image }, services: { web: { image: "app", port: 80 } } }),
        world,
    );
}

const ofImage = (image: string, options = generationOptions) => ({
    [generationLabels.image]: image,
    [generationLabels.options]: options,
});

describe("a hand-over is planned", () => {
    it.each([
        ["of an earlier relink, with the anchor's image", {}, undefined],
        ["with the image of the config", ofImage("haproxy:3.0"), undefined],
        ["with another image", ofImage("haproxy:3.2"), "HAProxy 3.0.11 => haproxy:3.0, by a hand-over"],
        ["with other options", ofImage("haproxy:3.0", "of before"), "HAProxy 3.0.11 => haproxy:3.0, by a hand-over"],
    ])("for a generation %s", async (_, labels, handOver) => {
        expect((await planned("haproxy:3.0", generation(1, labels))).handOver).toBe(handOver);
    });

    it("unless a generation of that kind runs beside another one, as after an up that died", async () => {
        const both = [generation(1), generation(2, ofImage("haproxy:3.2"))];
        expect((await planned("haproxy:3.2", ...both)).handOver).toBeUndefined();
    });

    it("where the only generation of that kind was told to leave", async () => {
        const left = generation(1, {}, { restartPolicy: "no" });
        const plan = await planned("haproxy:3.0", left, generation(2, ofImage("haproxy:3.2")));
        expect(plan.handOver).toBe("HAProxy 3.0.11 => haproxy:3.0, by a hand-over");
    });

    it("not where no generation runs, or in another anchor's network namespace", async () => {
        const cutOff = generation(1, ofImage("haproxy:3.2"), { networkMode: "container:another" });
        expect((await planned("haproxy:3.0")).handOver).toBeUndefined();
        expect((await planned("haproxy:3.0", cutOff)).handOver).toBeUndefined();
    });
});
