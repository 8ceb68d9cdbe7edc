import type { ContainerInfo } from "../model/Container";
import { frontNames } from "../model/Target";

/**
 * Whether a container is a generation of this front. An image has labels too, and a container inherits them: so a label
 * alone says nothing. A generation has the name that its number gives it, belongs to no service, and lives in the network
 * namespace of the anchor that it was made for.
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

/** Number of a generation's container. */
export function generationOf({ labels }: ContainerInfo): number {
    return Number(labels["relink.generation"]);
}
