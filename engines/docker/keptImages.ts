import type { Engine } from "../../docker/Engine";
import { statusOf } from "../../docker/errors";

/**
 * Names that keep an image for a service, beside the names that the user has given it. `docker image prune` removes an image
 * without a name, and an image loses its name when the tag moves to a newer one.
 */
const repositories = {
    /** For an image that was or may have been on the Docker host before: only this name is relink's. */
    there: "relink-kept",
    /** For an image that relink pulled: it is removed with this name. */
    pulled: "relink-pulled",
} as const;

/** An image that is kept for a release of a service. */
interface Kept {
    name: string;
    service: string;
    release: string;
    imageId: string;
    pulled: boolean;
}

/** Gives an image a name that says which release it is kept for. Does nothing where it has one already. */
export async function keepImage(
    engine: Engine,
    imageId: string,
    front: string,
    { service, release, pulled }: { service: string; release: string; pulled: boolean },
): Promise<void> {
    const kept = await keptImages(engine, front);
    if (!kept.some(image => image.service === service && image.release === release)) {
        const repository = pulled ? repositories.pulled : repositories.there;
        await engine.docker.getImage(imageId).tag({ repo: `${repository}/${service}`, tag: `${front}-${release}` });
    }
}

/** Removes those names where `isKept` is false, and with them the images that relink pulled. */
export async function dropImages(
    engine: Engine,
    front: string,
    isKept: (service: string, release: string) => boolean,
): Promise<void> {
    for (const { name, service, release, imageId, pulled } of await keptImages(engine, front)) {
        if (!isKept(service, release)) {
            await remove(engine, name);
            if (pulled) {
                await remove(engine, imageId);
            }
        }
    }
}

async function keptImages(engine: Engine, front: string): Promise<Kept[]> {
    const reference = Object.values(repositories).map(repository => `${repository}/*`);
    const images = await engine.docker.listImages({ filters: JSON.stringify({ reference }) });
    return images.flatMap(({ Id: imageId, RepoTags }) =>
        (RepoTags ?? []).flatMap(name => {
            const [, repository, service, tag] = /^(relink-kept|relink-pulled)\/([^:/]+):(.+)$/.exec(name) ?? [];
            const release = tag?.startsWith(`${front}-`) ? tag.slice(front.length + 1) : undefined;
            if (service === undefined || release === undefined || !/^[0-9a-f]{12}-[0-9a-f]{16}$/.test(release)) {
                return [];
            }
            return [{ name, service, release, imageId, pulled: repository === repositories.pulled }];
        }),
    );
}

/** Removes a name or an image, without force: an image stays where a container uses it, or it has a name of the user's. */
async function remove(engine: Engine, name: string): Promise<void> {
    try {
        await engine.docker.getImage(name).remove();
    } catch (error) {
        if (statusOf(error) !== 404 && statusOf(error) !== 409) {
            throw error;
        }
    }
}
