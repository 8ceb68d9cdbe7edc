import type { Engine } from "../../docker/Engine";
import { statusOf } from "../../docker/errors";

/**
 * Names under which images are kept for a front's service, beside those that the user has given them: `docker image prune`
 * takes away what has no name, and a tag that moved leaves the older image without one.
 */
const repositories = {
    /** The image was there, or may have been: only this name is ours. */
    there: "relink-kept",
    /** We pulled it, so that it goes away with its name. */
    pulled: "relink-pulled",
} as const;

/** Whether this is a service's image in a front, and of which release. */
interface Kept {
    name: string;
    service: string;
    release: string;
    imageId: string;
    pulled: boolean;
}

/** Gives an image a name that says which release it is kept for, unless it has one already. */
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

/** Takes those names away again that `isKept` does not want, and with them the images that we have pulled. */
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

/** Never by force: what a container uses, or the user has given a name, stays. */
async function remove(engine: Engine, name: string): Promise<void> {
    try {
        await engine.docker.getImage(name).remove();
    } catch (error) {
        if (statusOf(error) !== 404 && statusOf(error) !== 409) {
            throw error;
        }
    }
}
