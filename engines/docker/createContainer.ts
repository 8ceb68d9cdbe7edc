import { removeContainer } from "../../docker/containers";
import type { Engine } from "../../docker/Engine";
import { StartFailed } from "../../docker/errors";
import { silencedLabels } from "../../docker/labels";
import { inspectNetwork } from "../../docker/networks";
import { startFailure } from "../../docker/startFailure";
import { type ContainerSpec, createOptions } from "./ContainerSpec";
import { writeSecretFiles } from "./secretFiles";

/**
 * Creates a container, not started, with its secrets in place and joined to all its networks. Returns its id. What
 * fails halfway is removed again; throws StartFailed with Docker's words.
 */
export async function createContainer(engine: Engine, spec: ContainerSpec): Promise<string> {
    await requireNetworks(engine, spec);
    let id: string | undefined;
    try {
        const options = createOptions(spec);
        const Labels = { ...(await silencedLabels(engine, spec.imageId)), ...options.Labels };
        id = (await engine.docker.createContainer({ ...options, Labels })).id;
        for (const network of spec.release.networks) {
            await engine.docker.getNetwork(network).connect({ Container: id });
        }
        await writeSecretFiles(engine, id, spec);
        return id;
    } catch (error) {
        if (id !== undefined) {
            await removeContainer(engine, id);
        }
        throw startFailure(spec.name, error, spec.secretValues);
    }
}

/** Docker takes a network that does not exist without a word, and fails at the start. */
async function requireNetworks(engine: Engine, { name, release }: ContainerSpec): Promise<void> {
    for (const network of release.networks) {
        if (!(await inspectNetwork(engine, network))) {
            const create = `Create it with \`docker network create ${network}\`, or change the service's \`networks\`.`;
            throw new StartFailed("network", `${name}: the Docker host has no network "${network}". ${create}`);
        }
    }
}
