import type { ImageIdentity } from "../model/ImageIdentity";
import { ImageReference } from "../model/ImageReference";
import type { Engine } from "./Engine";
import { statusOf } from "./errors";

/** An image that the Docker host has under a name. */
export interface LocalImage {
    id: string;
    /** The image's manifest digest in this repository. */
    digest?: string;
    /** Undefined where Docker does not tell it. */
    source?: ImageIdentity["source"];
}

/** The part of an image's inspection that tells where the image came from. */
export interface InspectedImage {
    Id: string;
    RepoDigests?: string[] | null;
    /** Repositories that it was pulled from or pushed to. Only with the containerd image store, from API 1.53 on. */
    Identity?: { Pull?: { Repository?: string }[] };
}

/** @returns the Docker host's image of this name or digest; undefined where it has none */
export async function findLocal(engine: Engine, image: ImageReference): Promise<LocalImage | undefined> {
    const found = await inspectImage(engine, image.full);
    return found && localImage(found, image);
}

/**
 * Tells where an image came from.
 *
 * Docker's own image store lists a digest of a repository only after a pull or a push. The containerd image store lists each
 * name with the image's id, pushed or not, so there only `Identity` tells.
 */
export function localImage({ Id: id, RepoDigests, Identity }: InspectedImage, image: ImageReference): LocalImage {
    const known = (RepoDigests ?? []).filter(text => !text.includes("<none>")).map(ImageReference.parse);
    const digest = known.find(({ repository }) => repository === image.repository)?.digest;
    if (digest !== id) {
        return { id, digest, source: digest === undefined ? "local" : "registry" };
    }
    const pulled = (Identity?.Pull ?? []).some(
        ({ Repository }) =>
            Repository !== undefined &&
            ImageReference.parse(Repository).repositoryWithoutPort === image.repositoryWithoutPort,
    );
    return { id, digest, source: pulled ? "registry" : undefined };
}

/** @returns whether the image seems to be built on the Docker host, so that no registry need have it */
export function looksLocal({ source }: LocalImage, { namesRegistry }: ImageReference): boolean {
    return source === "local" || (source === undefined && !namesRegistry);
}

/** @returns Docker's inspection of an image; undefined where there is none of this name */
export async function inspectImage(engine: Engine, name: string) {
    try {
        return await engine.docker.getImage(name).inspect();
    } catch (error) {
        if (statusOf(error) === 404) {
            return undefined;
        }
        throw error;
    }
}
