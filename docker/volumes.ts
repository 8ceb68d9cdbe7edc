import { readFolder } from "./archive";
import { removeContainer } from "./containers";
import type { Engine } from "./Engine";
import { statusOf } from "./errors";
import { silencedLabels } from "./labels";

/** The labels of a volume, or undefined where there is none of this name. */
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
 * The regular files of a volume, by their path in it; empty where there is no such volume. The Engine shows a volume only
 * through a container that mounts it: one is made for that, of any image at all, never started, and removed again.
 * @param labels of that container: who is killed before it is removed leaves it, and nobody can remove the volume then
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
