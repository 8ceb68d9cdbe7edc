import type { Color } from "./Color";
import { type ContainerInfo, slotOf } from "./Container";
import type { FrontState, Worker } from "./FrontState";
import type { Records } from "./Records";

/** Everything of one stack on its Docker host, read in one pass of parallel, read-only calls. */
export interface World {
    /** All containers of the front, with the labels of this stack or of one that it was adopted from. */
    containers: ContainerInfo[];
    anchor?: ContainerInfo;
    /** The stack that the front belongs to, `project/stack`; undefined where there is none. */
    owner?: string;
    /** Containers of HAProxy that run, oldest first. */
    generations: ContainerInfo[];
    records: Records;
    /** HAProxy's own view; undefined while the anchor does not run. */
    front?: FrontState;
    /** HAProxy's files in force, and the names of containers that are not this stack's: only where somebody looked. */
    files?: ReadonlyMap<string, string>;
    foreignNames?: ReadonlySet<string>;
}

/** Workers that accept new connections: the ones whose link decides. */
export function currentWorkers(front: FrontState | undefined): Worker[] {
    return front?.workers.filter(({ old }) => !old) ?? [];
}

/** Containers of one color, by slot. */
export function containersOf(world: World, service: string, color: Color): ContainerInfo[] {
    return world.containers
        .filter(({ labels }) => labels["relink.service"] === service && labels["relink.color"] === color)
        .sort((a, b) => slotOf(a) - slotOf(b));
}
