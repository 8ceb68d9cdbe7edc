import { inspectContainer } from "../docker/ContainerInfo";
import type { Engine } from "../docker/Engine";
import { inspectNetwork } from "../docker/networks";
import { labelsOfVolume } from "../docker/volumes";
import { folders } from "../model/folders";
import { frontNames } from "../model/Target";

/** One of a front's objects on the Docker host. */
export interface FrontObject {
    /** Its id for Docker and Pulumi. */
    id: string;
    labels: Record<string, string>;
    /** Its name in a message: `the network shop-prod`. */
    words: string;
}

/** The objects that have the names of a front's objects, whether relink made them or not. */
export interface FrontObjects {
    anchor?: FrontObject;
    network?: FrontObject & { subnet?: string };
    volumes: Partial<Record<keyof typeof folders, FrontObject>>;
}

/** Finds a front's objects by name. */
export async function findFrontObjects(engine: Engine, front: string): Promise<FrontObjects> {
    const names = frontNames(front);
    const kinds = Object.keys(folders) as (keyof typeof folders)[];
    const [anchor, network, ...volumes] = await Promise.all([
        inspectContainer(engine, names.anchor),
        inspectNetwork(engine, names.network),
        ...kinds.map(async kind => {
            const id = names.volumes[kind];
            const labels = await labelsOfVolume(engine, id);
            return labels && ([kind, { id, labels, words: `the volume ${id}` }] as const);
        }),
    ]);
    return {
        anchor: anchor && { id: anchor.id, labels: anchor.labels, words: `the container ${names.anchor}` },
        network: network && { ...network, words: `the network ${names.network}` },
        volumes: Object.fromEntries(volumes.filter(volume => volume !== undefined)),
    };
}
