import { randomUUID } from "node:crypto";
import { listContainers, removeContainer, startContainer } from "../../docker/containers";
import { Engine } from "../../docker/Engine";
import { freeSubnet } from "../../docker/networks";
import type { ContainerSpec } from "../../engines/docker/ContainerSpec";
import { createContainer } from "../../engines/docker/createContainer";
import type { ReleaseSettings } from "../../model/ReleaseSettings";

// Containers on the real Docker Engine, made by docker/ and engines/docker/ without Pulumi. Each test file that imports this
// has networks of its own.

/** Image of the containers. */
export const nodeImage = "node:24-slim";
/** Time limit of the first answer or event. */
export const firstMs = 20_000;
/** Name of the network, and start of all other names. */
export const run = `relink-docker-${randomUUID().slice(0, 8)}`;
export const labels = { "relink.test": run };

export const engine = Engine.connect();
/** Address of each container in the network, by its number. */
export const addresses: string[] = [];
/** Id of the image. */
export let imageId: string;
/** Name of a second network. */
export const other = `${run}-other`;

/** Settings of a release on which the tests build. */
export const release: ReleaseSettings = {
    image: nodeImage,
    port: 8080,
    env: {},
    secrets: [],
    init: true,
    labels: {},
    volumes: [],
    networks: [],
    extraHosts: [],
    dns: [],
    capabilities: { add: [], drop: [] },
    readOnly: false,
    securityOpt: [],
    ulimits: {},
    restart: "unless-stopped",
    stopGracePeriodMs: 1_000,
    health: {
        tcp: false,
        path: "/",
        host: "web",
        hostIsDefault: false,
        status: { from: 200, to: 399 },
        intervalMs: 300,
        timeoutMs: 2_000,
        rise: 2,
        fall: 1,
    },
    maxReplicas: 8,
    timeouts: {},
    backendLines: [],
};

/** Number of the last container. */
export let count = 0;

/** @returns the spec of the next container, with these changes */
export function spec(changes: Partial<ReleaseSettings>, more: Partial<ContainerSpec> = {}): ContainerSpec {
    count++;
    return {
        name: `${run}-${count}`,
        imageId,
        release: { ...release, entrypoint: ["sh", "-c"], command: ["exec sleep 600"], ...changes },
        secretValues: {},
        labels: { ...labels, "relink.test.number": String(count) },
        env: { RELINK_COLOR: "blue" },
        network: { name: run, address: addresses[count] ?? "" },
        ...more,
    };
}

/**
 * Creates and starts the next container.
 *
 * @returns its id
 */
export async function running(
    changes: Partial<ReleaseSettings> = {},
    more: Partial<ContainerSpec> = {},
): Promise<string> {
    const id = await createContainer(engine, spec(changes, more));
    await startContainer(engine, id);
    return id;
}

/** Makes the networks of the containers. */
export async function createNetworks(): Promise<void> {
    await engine.ping();
    imageId = (await engine.docker.getImage(nodeImage).inspect()).Id;
    const subnet = await freeSubnet(engine, run);
    const start = subnet.split(".").slice(0, 3).join(".");
    addresses.push(...Array.from({ length: 100 }, (_, index) => `${start}.${100 + index}`));
    await engine.docker.createNetwork({ Name: run, Labels: labels, IPAM: { Config: [{ Subnet: subnet }] } } as never);
    await engine.docker.createNetwork({ Name: other, Labels: labels });
}

/** Removes the containers, the networks and the volume. */
export async function removeAll(): Promise<void> {
    const left = await listContainers(engine, labels);
    await Promise.all(left.map(({ id }) => removeContainer(engine, id)));
    for (const name of [run, other]) {
        await engine.docker
            .getNetwork(name)
            .remove()
            .catch(() => undefined);
    }
    await engine.docker
        .getVolume(run)
        .remove()
        .catch(() => undefined);
}
