import { type ContainerInfo, runs } from "./Container";
import type { ImageIdentity } from "./ImageIdentity";

/** Labels of a generation, and the first of them of an anchor too. */
export const generationLabels = { image: "relink.front.image", options: "relink.front.options" } as const;

/** The image that HAProxy has to run in. */
export interface FrontImage {
    /** As in the stack config. */
    name: string;
    /** Which image that is. @default undefined: a container of the front has it already */
    identity?: ImageIdentity;
}

/** What a generation is made from. Another one needs another generation. */
export interface GenerationKind {
    image: FrontImage;
    /** Fingerprint of all that its container is created with, except for the image. */
    options: string;
}

/**
 * @returns the name of the image that a generation runs, as the stack config had it. An earlier relink gave its generations the
 * anchor's image, and no label. Undefined where neither has a label.
 */
export function imageNameOf(generation: ContainerInfo, anchor: ContainerInfo | undefined): string | undefined {
    return generation.labels[generationLabels.image] || anchor?.labels[generationLabels.image];
}

/**
 * @param before name of the image that HAProxy runs in
 * @returns the line of an error with the command that goes back to it; empty where no HAProxy runs
 */
export function commandBack(before: string | undefined): string {
    return before === undefined ? "" : `\n   pulumi config set --path 'relink:front.image' ${before}`;
}

/** @returns the local id of the image that a container of the front has under a name; undefined where none has it */
export function heldImageId(
    name: string,
    anchor: ContainerInfo | undefined,
    generations: readonly ContainerInfo[],
): string | undefined {
    const holders = [...generations.filter(({ labels }) => labels[generationLabels.image]), anchor];
    return holders.find(container => container?.labels[generationLabels.image] === name)?.imageId;
}

/** @returns whether a generation is of this kind. One of an earlier relink counts as one with the same options. */
export function isOfKind(
    generation: ContainerInfo,
    anchor: ContainerInfo | undefined,
    { image, options }: { image: Pick<FrontImage, "name">; options: string },
): boolean {
    const made = generation.labels[generationLabels.options];
    return [undefined, image.name].includes(imageNameOf(generation, anchor)) && (!made || made === options);
}

/**
 * @returns whether a generation shares the anchor's listening sockets and goes on doing so: it runs, and nobody told it to leave.
 * One that was told to leave has no restart policy any more.
 */
export function staysOn(generation: ContainerInfo, anchor: ContainerInfo): boolean {
    return runs(generation) && generation.restartPolicy !== "no" && isOf(generation, anchor);
}

/**
 * @returns whether a generation has the anchor's listening sockets, or gets them back: Docker starts it again. One that was told to
 * leave does not, as soon as it takes no more connections
 */
export function holdsListeners(
    generation: ContainerInfo & { takesConnections: boolean },
    anchor: ContainerInfo,
): boolean {
    return (
        runs(generation) &&
        isOf(generation, anchor) &&
        (generation.restartPolicy !== "no" || generation.takesConnections)
    );
}

/** @returns whether a generation is in this anchor's network namespace. That of another anchor cannot be reached. */
export function isOf({ networkMode }: ContainerInfo, anchor: ContainerInfo): boolean {
    return networkMode === `container:${anchor.id}`;
}
