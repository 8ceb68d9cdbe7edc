import { backendName } from "../haproxy/names";
import type { Color } from "../model/Color";
import type { ServerStat } from "../model/FrontState";
import { currentWorkers, type World } from "../model/World";
import { type Open, openOn } from "../plan/drain";

/**
 * Counts the requests of a color, or of one of its slots, that HAProxy has in work or in a queue.
 * @returns zeros while HAProxy does not answer
 */
export function openRequests({ front }: World, service: string, color: Color, slot?: number): Open {
    return openOn(front?.workers ?? [], backendName(service, color), slot === undefined ? undefined : [slot]);
}

/** @returns what HAProxy says of one slot, or undefined while no worker runs. */
export function serverOf({ front }: World, service: string, color: Color, slot: number): ServerStat | undefined {
    return currentWorkers(front)[0]?.backends.get(backendName(service, color))?.servers.get(slot);
}
