import type { ImageIdentity } from "../model/ImageIdentity";
import { ImageReference } from "../model/ImageReference";
import type { Engine } from "./Engine";
import { statusOf } from "./errors";

/** An image that the Docker host has under a name. */
export interface LocalImage {
    id: string;
    /** Manifest digest under which this repository knows it. */
    digest?: string;
    /** Undefined where the Docker host does not tell it. */
    source?: ImageIdentity["source"];
}

/** What Docker says of an image, as far as it tells where the image came from. */
export interface InspectedImage {
    Id: string;
    RepoDigests?: string[] | null;
    /** From API 1.53 on, with the containerd image store: repositories that it was pulled from or pushed to. */
    Identity?: { Pull?: { Repository?: string }[] };
}

/** What the Docker host has under a name, or under a digest. */
export async function findLocal(engine: Engine, image: ImageReference): Promise<LocalImage | undefined> {
    const found = await inspectImage(engine, image.full);
    return found && localImage(found, image);
}

/**
 * Reads where an image came from out of what Docker says of it.
 *
 * Docker's own image store lists a digest of a repository only after a pull from it or a push to it. The containerd image
 * store lists every name with the image's own id, pushed or not: there only `Identity` tells.
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

/** Whether no registry has to know the image: it was made here, as far as the Docker host and the name tell. */
export function looksLocal({ source }: LocalImage, { namesRegistry }: ImageReference): boolean {
    return source === "local" || (source === undefined && !namesRegistry);
}

/** What Docker says of an image; undefined where it has none of that name. */
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
