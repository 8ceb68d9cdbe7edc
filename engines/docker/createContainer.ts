import { removeContainer } from "../../docker/containers";
import type { Engine } from "../../docker/Engine";
import { StartFailed } from "../../docker/errors";
import { silencedLabels } from "../../docker/labels";
import { inspectNetwork } from "../../docker/networks";
import { startFailure } from "../../docker/startFailure";
import { type ContainerSpec, createOptions } from "./ContainerSpec";
import { writeSecretFiles } from "./secretFiles";

/**
 * Creates a container with its secrets, connected to all its networks. Does not start it. Removes it again where a step fails.
 * @returns the container's id
 * @throws StartFailed with Docker's words
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

/** Checks the networks, because Docker creates a container with a missing network and fails only at the start. */
async function requireNetworks(engine: Engine, { name, release }: ContainerSpec): Promise<void> {
    for (const network of release.networks) {
        if (!(await inspectNetwork(engine, network))) {
            const create = `Create it with \`docker network create ${network}\`, or change the service's \`networks\`.`;
            throw new StartFailed("network", `${name}: the Docker host has no network "${network}". ${create}`);
        }
    }
}
