import * as pulumi from "@pulumi/pulumi";
import { Credentials } from "../docker/credentials";
import type { Engine } from "../docker/Engine";
import { ImageNotFound } from "../docker/errors";
import { resolveImage } from "../docker/images";
import { generationOf, isGeneration } from "../look/generations";
import { commandBack, type GenerationKind, heldImageId, imageNameOf, isOfKind, staysOn } from "../model/FrontImage";
import { ImageReference } from "../model/ImageReference";
import type { Settings } from "../model/Settings";
import type { World } from "../model/World";
import { generationOptions } from "./createGeneration";

/** What HAProxy's container has to be made from, and whether the one that runs has to be replaced. */
export interface GenerationPlan {
    kind: GenerationKind;
    /** `HAProxy 3.0.11 => haproxy:3.2, by a hand-over`; undefined where the generation that runs is of this kind. */
    handOver?: string;
}

/**
 * Plans HAProxy's container. A registry is asked only for an image whose name no container of the front has.
 * @throws RunError where nobody has the image
 */
export async function planGeneration(
    engine: Engine,
    { front, registries }: Pick<Settings, "front" | "registries">,
    world: World,
): Promise<GenerationPlan> {
    const { anchor } = world;
    const name = front.image;
    const generations = world.containers.filter(container => isGeneration(container, front.name));
    const isHeld = anchor === undefined || heldImageId(name, anchor, generations) !== undefined;
    const kind: GenerationKind = { image: { name }, options: generationOptions };
    const staying = anchor === undefined ? [] : world.generations.filter(generation => staysOn(generation, anchor));
    const runsNow = staying.at(-1);
    if (!isHeld) {
        kind.image.identity = await identify(engine, name, registries, runsNow && imageNameOf(runsNow, anchor));
    }
    if (runsNow === undefined || staying.some(generation => isOfKind(generation, anchor, kind))) {
        return { kind };
    }
    const version = world.front?.generations
        .find(generation => generation.name === String(generationOf(runsNow)))
        ?.version.split("-")[0];
    const before = version === undefined ? imageNameOf(runsNow, anchor) : `HAProxy ${version}`;
    return { kind, handOver: `${before} => ${name}, by a hand-over` };
}

async function identify(engine: Engine, name: string, registries: Settings["registries"], before: string | undefined) {
    try {
        const { digest, imageId, source, hostHad } = await resolveImage(
            engine,
            ImageReference.parse(name),
            await Credentials.load(registries),
        );
        return { digest, imageId, source, hostHad };
    } catch (error) {
        if (!(error instanceof ImageNotFound)) {
            throw error;
        }
        throw new pulumi.RunError(
            `The front cannot get its image; nothing was done.\n - relink:front.image: ${error.message}${commandBack(before)}`,
        );
    }
}
