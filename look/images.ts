import { Credentials } from "../docker/credentials";
import type { Engine } from "../docker/Engine";
import { ImageNotFound } from "../docker/errors";
import { type ResolvedImage, resolveImage } from "../docker/images";
import { type ImageIdentity, noImage } from "../model/ImageIdentity";
import { ImageReference } from "../model/ImageReference";
import { idleColor } from "../model/Live";
import type { ObservedService } from "../model/ObservedService";
import { recordOf } from "../model/Records";
import type { Release } from "../model/Release";
import type { ServiceSettings } from "../model/ServiceSettings";
import type { Settings } from "../model/Settings";
import type { World } from "../model/World";
import { observedService } from "./observedService";

/** The image that a name of the config means now. */
export interface FoundImage extends ImageIdentity {
    /** For the user: where the image comes from, when users would expect another source. */
    warning?: string;
    /** Why it cannot be found. */
    problem?: string;
    /** Set when neither a registry nor Docker was asked. `digest` then means any. */
    isUnknown?: boolean;
}

/**
 * Finds all images of the config at the same time. Services with the same image share one search. An image that cannot be
 * found is a problem of its service alone.
 */
export async function findImages(
    engine: Engine,
    settings: Pick<Settings, "services" | "registries">,
    world: World,
): Promise<Map<string, FoundImage>> {
    const credentials = await Credentials.load(settings.registries);
    const asked = new Map<string, Promise<ResolvedImage>>();
    const resolve = (image: string): Promise<ResolvedImage> => {
        const answer = asked.get(image) ?? resolveImage(engine, ImageReference.parse(image), credentials);
        asked.set(image, answer);
        return answer;
    };
    const found = settings.services.map(
        async service => [service.name, await findImage(service, resolve, world)] as const,
    );
    return new Map(await Promise.all(found));
}

async function findImage(
    service: ServiceSettings,
    resolve: (image: string) => Promise<ResolvedImage>,
    world: World,
): Promise<FoundImage> {
    const { image } = service.release;
    const held = heldImage(observedService(world, service.name), image) ?? keptImage(world, service.name, image);
    try {
        return foundOrHeld(service.name, await resolve(image), held);
    } catch (error) {
        if (!(error instanceof ImageNotFound)) {
            throw error;
        }
        // Only a new image needs the registry. A color or an earlier release may hold one under this name.
        return held === undefined
            ? { digest: "", problem: error.message }
            : {
                  ...held,
                  warning: `${error.refused} The image that ${service.name} already holds under this name is used.`,
              };
    }
}

function foundOrHeld(service: string, identity: ResolvedImage, held: FoundImage | undefined): FoundImage {
    const { reference, digest, imageId, source, hostHad = noImage, answered, refused, warning } = identity;
    if (held !== undefined && held.digest === answered && held.source === undefined) {
        // An earlier version of relink released the registry's image. An upgrade of relink must not change that.
        const both = `The Docker host has an image ${reference.text} of its own, and so has the registry.`;
        const kept = `${service} goes on with the registry's, which an earlier version of relink released.`;
        return { ...held, warning: `${both} ${kept} To release the Docker host's, give it another name.` };
    }
    const found = { digest, imageId, source, hostHad, warning };
    if (refused === undefined || held === undefined || held.digest === found.digest || isNewer(identity, held)) {
        return found;
    }
    const another = "The Docker host has another image under this name;";
    return { ...held, warning: `${refused.sentence} ${another} the one that ${service} already holds is used.` };
}

/**
 * @returns whether the Docker host got its image of a name after the held release was planned. While the registry does not
 * say what the name means, an image that was pulled long ago may be older than the held one
 */
function isNewer({ reference, source, hostHad, refused }: ResolvedImage, held: FoundImage): boolean {
    if (source !== undefined) {
        return source === "local";
    }
    // The Docker host does not say where its image came from. It says whether it still has the image of that time.
    return held.hostHad === undefined
        ? refused?.reason === "missing" || !reference.namesRegistry
        : held.hostHad !== hostHad;
}

/**
 * Finds what a color of the service holds under this name. The live color comes first: when a moved tag gave both colors an
 * image of this name, nothing changes by itself.
 */
export function heldImage(observed: ObservedService, image: string): FoundImage | undefined {
    const live = observed.live === "none" ? undefined : observed[observed.live];
    const colors = [live, observed[idleColor(observed.live)]];
    const release = colors.map(color => color?.release).find(release => release?.image === image);
    return release && foundIn(release);
}

/** Finds the last earlier release of this name (`keepReleases`). Its image is still on the host. */
function keptImage(world: World, service: string, image: string): FoundImage | undefined {
    const kept = Object.values(recordOf(world.records, service).releases)
        .filter(release => release.image === image && release.linked && release.imageId !== undefined)
        .sort((one, other) => other.promotion - one.promotion);
    return kept[0] && foundIn(kept[0]);
}

function foundIn({ digest, imageId, source, hostHad }: Release): FoundImage {
    return { digest, imageId, source, hostHad };
}
