import type { Color } from "./Color";
import { type ContainerInfo, slotOf } from "./Container";
import type { FrontState, Worker } from "./FrontState";
import type { Records } from "./Records";

/** All objects of one stack on its Docker host. One pass of parallel, read-only calls reads them. */
export interface World {
    /** All containers of the front that have the labels of this stack, or of a former owner of the front. */
    containers: ContainerInfo[];
    anchor?: ContainerInfo;
    /** The stack that the front belongs to, `project/stack`; undefined where there is none. */
    owner?: string;
    /** Running containers of HAProxy, oldest first. */
    generations: ContainerInfo[];
    records: Records;
    /** What HAProxy says; undefined while the anchor does not run. */
    front?: FrontState;
    /** HAProxy's present files; undefined where the caller did not ask for them. */
    files?: ReadonlyMap<string, string>;
    /** Names of containers that are not this stack's; undefined where the caller did not ask for them. */
    foreignNames?: ReadonlySet<string>;
}

/** @returns the workers that accept new connections: their link decides */
export function currentWorkers(front: FrontState | undefined): Worker[] {
    return front?.workers.filter(({ old }) => !old) ?? [];
}

/** @returns the containers of one color, by slot */
export function containersOf(world: World, service: string, color: Color): ContainerInfo[] {
    return world.containers
        .filter(({ labels }) => labels["relink.service"] === service && labels["relink.color"] === color)
        .sort((a, b) => slotOf(a) - slotOf(b));
}
