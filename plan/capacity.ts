import type { ObservedColor } from "../model/ObservedService";

/** Containers beyond the recorded number, stopped ones too, are what an interrupted scaling left. */
export function needsScaling(color: ObservedColor, replicas: number): boolean {
    return color.replicas !== replicas || present(color) > replicas || color.ended > 0;
}

/** How many containers of its releases there are, stopped ones too. */
export function present({ running, slots }: ObservedColor): number {
    return Math.max(running, slots?.length ?? 0);
}

/** Exactly the wanted containers, and all of them take traffic when the link comes. */
export function isComplete(color: ObservedColor, replicas: number): boolean {
    const { release, running, ready, strays, deviations, slots = [] } = color;
    const isThere = [color.replicas, running, ready, present(color)].every(number => number === replicas);
    // In the middle of a rolling release they are of others too.
    const isOfIt = slots.every(slot => slot.release === release?.id);
    return isThere && isOfIt && strays.length === 0 && deviations.length === 0;
}
