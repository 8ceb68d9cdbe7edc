import { readFolder } from "./archive";
import { removeContainer } from "./containers";
import type { Engine } from "./Engine";
import { statusOf } from "./errors";
import { silencedLabels } from "./labels";

/** @returns the labels of a volume; undefined where there is no such volume */
export async function labelsOfVolume(engine: Engine, name: string): Promise<Record<string, string> | undefined> {
    try {
        return (await engine.docker.getVolume(name).inspect()).Labels ?? {};
    } catch (error) {
        if (statusOf(error) === 404) {
            return undefined;
        }
        throw error;
    }
}

/**
 * Reads the regular files of a volume. The Engine shows a volume only through a container that mounts it. So a container of
 * any image is made for this, never started, and removed again.
 * @param labels labels of that container. A process that is killed in the middle leaves the container, and with it the volume
 * cannot be removed. The labels tell the next `up` which container to remove.
 * @returns path in the volume -> content; nothing where there is no such volume
 */
export async function readVolume(
    engine: Engine,
    name: string,
    labels: Record<string, string>,
): Promise<Map<string, Buffer>> {
    const isThere = (await labelsOfVolume(engine, name)) !== undefined;
    const [image] = isThere ? await engine.docker.listImages() : [];
    if (image === undefined) {
        return new Map();
    }
    const folder = "/relink/volume";
    const { id } = await engine.docker.createContainer({
        Image: image.Id,
        Entrypoint: ["none"],
        Labels: { ...(await silencedLabels(engine, image.Id)), ...labels },
        HostConfig: {
            NetworkMode: "none",
            Mounts: [{ Type: "volume", Source: name, Target: folder, ReadOnly: true }],
        },
    });
    try {
        return await readFolder(engine, id, folder);
    } finally {
        await removeContainer(engine, id);
    }
}
