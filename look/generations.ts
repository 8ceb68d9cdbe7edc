import type { ContainerInfo } from "../model/Container";
import { frontNames } from "../model/Target";

/**
 * Says whether a container is a generation of this front. A label alone proves nothing, because a container inherits the
 * labels of its image. A generation has the name of its number, belongs to no service, and shares the network namespace of
 * the anchor that it was made for.
 */
export function isGeneration({ name, labels, networkMode }: ContainerInfo, front: string): boolean {
    const { "relink.generation": number = "", "relink.service": service, "relink.anchor": anchor = "" } = labels;
    return (
        /^\d+$/.test(number) &&
        name === frontNames(front).generation(Number(number)) &&
        !service &&
        networkMode.startsWith(`container:${anchor}`)
    );
}

/** @returns the number of a generation's container. */
export function generationOf({ labels }: ContainerInfo): number {
    return Number(labels["relink.generation"]);
}
