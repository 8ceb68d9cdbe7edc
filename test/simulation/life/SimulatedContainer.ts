import { type AddressBlock, slotAddress } from "../../../model/addresses";
import type { Color } from "../../../model/Color";
import type { ContainerInfo } from "../../../model/Container";

/** Where the slots of each color have their addresses. */
export type Blocks = Record<Color, AddressBlock>;

/** @returns the blocks of one service of several. */
export function blocksOf(index: number): Blocks {
    return {
        blue: { first: `10.88.${index}.32`, size: 16 },
        green: { first: `10.88.${index}.48`, size: 16 },
    };
}

/** @returns the address of each slot of one service of several, from the first one on. */
export function addressesOf(index: number): Record<Color, string[]> {
    known[index] ??= computed(blocksOf(index));
    return known[index];
}

/** Every copy of a service has the same addresses. */
const known: Record<Color, string[]>[] = [];

function computed(blocks: Blocks): Record<Color, string[]> {
    const of = (block: AddressBlock) => Array.from({ length: block.size }, (_, index) => slotAddress(block, index + 1));
    return { blue: of(blocks.blue), green: of(blocks.green) };
}

/** A container of a service. */
export interface Container {
    service: string;
    address: string;
    id: string;
    name: string;
    color: Color;
    slot: number;
    /** What its label says. */
    release: string;
    imageId: string;
    state: "created" | "running" | "exited";
    /** What its process ended with. @default 0 */
    exitCode?: number;
    restart: string;
    /** It is not healthy, and never will be. */
    isSick?: boolean;
    /** What its proof is made of, by what happened and not by what anybody wrote: HAProxy's checks, and a good answer. */
    isEarned?: boolean;
    isAnswered?: boolean;
    /** Requests may be open on it: it was reachable since it was last drained. */
    open: boolean;
    /** Somebody else made it. */
    isForeign?: boolean;
}

/** Whether a container has passed its proof. */
export function isProved({ isEarned, isAnswered }: Container): boolean {
    return isEarned === true && isAnswered === true;
}

/** @returns the container as Docker describes it. */
export function infoOf(container: Container): ContainerInfo {
    const {
        id,
        name,
        service,
        color,
        slot,
        release,
        imageId,
        state,
        exitCode = 0,
        restart,
        isSick,
        address,
    } = container;
    return {
        id,
        name,
        state,
        status: state === "exited" ? `exited with code ${exitCode}` : state,
        exitCode: state === "exited" ? exitCode : undefined,
        imageId,
        imageReference: imageId,
        restartPolicy: restart as ContainerInfo["restartPolicy"],
        restartCount: 0,
        outOfMemory: false,
        networkMode: "",
        health: isSick ? "unhealthy" : undefined,
        address,
        labels: {
            "relink.service": service,
            "relink.color": color,
            "relink.slot": String(slot),
            "relink.release": release,
        },
    };
}
