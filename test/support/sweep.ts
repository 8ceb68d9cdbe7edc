import Docker from "dockerode";

/**
 * Removes all containers, networks, volumes and image names of a stack. It finds them by their label and by the name of
 * the front (`relink-STACK`).
 * @returns what could not be removed
 */
export async function sweepStack(stack: string, dockerHost = process.env.DOCKER_HOST): Promise<string[]> {
    const docker = connect(dockerHost);
    const problems: string[] = [];
    const attempt = async (what: string, remove: () => Promise<unknown>): Promise<void> => {
        try {
            await remove();
        } catch (error) {
            if ((error as { statusCode?: number }).statusCode !== 404) {
                problems.push(`${what}: ${(error as Error).message}`);
            }
        }
    };
    const belongs = (labels: Record<string, string> | undefined, names: string[]): boolean =>
        labels?.["relink.stack"] === stack ||
        names.some(name => name === `relink-${stack}` || name.startsWith(`relink-${stack}-`));

    for (const container of await docker.listContainers({ all: true })) {
        const names = container.Names.map(name => name.replace(/^\//, ""));
        if (belongs(container.Labels, names)) {
            await attempt(`container ${names[0]}`, () =>
                docker.getContainer(container.Id).remove({ force: true, v: true }),
            );
        }
    }
    for (const network of await docker.listNetworks()) {
        if (belongs(network.Labels, [network.Name])) {
            await attempt(`network ${network.Name}`, () => docker.getNetwork(network.Id).remove());
        }
    }
    // Docker returns null where there are none.
    for (const volume of (await docker.listVolumes()).Volumes ?? []) {
        if (belongs(volume.Labels ?? undefined, [volume.Name])) {
            await attempt(`volume ${volume.Name}`, () => docker.getVolume(volume.Name).remove({ force: true }));
        }
    }
    for (const name of await keptNames(docker, `relink-${stack}-`)) {
        await attempt(`image ${name}`, () => docker.getImage(name).remove());
    }
    return problems;
}

/** @returns names under which images are kept for a front (engines/docker/keptImages.ts) */
async function keptNames(docker: Docker, prefix: string): Promise<string[]> {
    const names = (await docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
    return names.filter(name => /^relink-(kept|pulled)\//.test(name) && name.split(":")[1]?.startsWith(prefix));
}

function connect(dockerHost: string | undefined): Docker {
    if (dockerHost === undefined || dockerHost === "") {
        return new Docker();
    }
    const url = new URL(dockerHost);
    return url.protocol === "unix:"
        ? new Docker({ socketPath: url.pathname })
        : new Docker({ host: url.hostname, port: Number(url.port || 2375) });
}

/** @returns names of all containers, networks, volumes and images that begin with a front's name */
export async function everythingNamedAfter(front: string): Promise<string[]> {
    const docker = connect(process.env.DOCKER_HOST);
    const containers = (await docker.listContainers({ all: true })).flatMap(({ Names }) => Names);
    const networks = (await docker.listNetworks()).map(({ Name }) => Name);
    const volumes = ((await docker.listVolumes()).Volumes ?? []).map(({ Name }) => Name);
    const names = [...containers, ...networks, ...volumes].map(name => name.replace(/^\//, ""));
    return [...names.filter(name => name.startsWith(front)), ...(await keptNames(docker, front))].sort();
}
