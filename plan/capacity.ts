import type { ObservedColor } from "../model/ObservedService";

/** @returns whether a color has another number of containers than it should. An interrupted scaling leaves some more. */
export function needsScaling(color: ObservedColor, replicas: number): boolean {
    return color.replicas !== replicas || present(color) > replicas || color.ended > 0;
}

/** @returns how many containers of its releases a color has, stopped ones included. */
export function present({ running, slots }: ObservedColor): number {
    return Math.max(running, slots?.length ?? 0);
}

/** @returns whether a color has exactly the wanted containers, and all of them can take traffic. */
export function isComplete(color: ObservedColor, replicas: number): boolean {
    const { release, running, ready, strays, deviations, slots = [] } = color;
    const isThere = [color.replicas, running, ready, present(color)].every(number => number === replicas);
    // In the middle of a rolling release, some containers are of another release.
    const isOfIt = slots.every(slot => slot.release === release?.id);
    return isThere && isOfIt && strays.length === 0 && deviations.length === 0;
}
