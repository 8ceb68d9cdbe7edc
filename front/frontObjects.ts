import { inspectContainer } from "../docker/ContainerInfo";
import type { Engine } from "../docker/Engine";
import { inspectNetwork } from "../docker/networks";
import { labelsOfVolume } from "../docker/volumes";
import { folders } from "../model/folders";
import { frontNames } from "../model/Target";

/** One of a front's objects on the Docker host, as whoever made it left it. */
export interface FrontObject {
    /** What Docker and Pulumi know it by. */
    id: string;
    labels: Record<string, string>;
    /** For people: `the network shop-prod`. */
    words: string;
}

/** What is there under the names of a front's objects, whoever made it. */
export interface FrontObjects {
    anchor?: FrontObject;
    network?: FrontObject & { subnet?: string };
    volumes: Partial<Record<keyof typeof folders, FrontObject>>;
}

/** Looks a front's objects up by name. */
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
