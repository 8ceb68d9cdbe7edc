import type { Color } from "./Color";
import type { PolicySettings } from "./PolicySettings";

/** A number of containers, in words. */
export function count(replicas: number, noun: "replica" | "container" = "replica"): string {
    return replicas === 1 ? `1 ${noun}` : `${replicas} ${noun}s`;
}

/** What becomes of the color that loses its traffic, in words. */
export function afterwards(previous: Color, previousColor: PolicySettings["previousColor"]): string {
    return {
        keep: `${previous} stays warm`,
        stop: `${previous} is drained and stopped`,
        remove: `${previous} is drained and removed`,
    }[previousColor];
}
