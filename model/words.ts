import type { Color } from "./Color";
import type { PolicySettings } from "./PolicySettings";

/** @returns a number of containers in words: `1 replica`, `3 replicas` */
export function count(replicas: number, noun: "replica" | "container" = "replica"): string {
    return replicas === 1 ? `1 ${noun}` : `${replicas} ${noun}s`;
}

/** @returns what happens to the color that loses its traffic, in words */
export function afterwards(previous: Color, previousColor: PolicySettings["previousColor"]): string {
    return {
        keep: `${previous} stays warm`,
        stop: `${previous} is drained and stopped`,
        remove: `${previous} is drained and removed`,
    }[previousColor];
}

/** @returns a time in seconds, in words: `4.2 s`, `75 s` */
export function seconds(milliseconds: number): string {
    return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 1 : 0)} s`;
}
