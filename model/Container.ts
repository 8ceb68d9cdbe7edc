/** What Docker knows about a container right now. */
export interface ContainerInfo {
    id: string;
    name: string;
    labels: Record<string, string>;
    state: "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";
    /** The state in words for people, for instance `exited with code 1 (out of memory)`. */
    status: string;
    /** Local image id, `sha256:...`. */
    imageId: string;
    /** What the container was created from: a reference or an image id. */
    imageReference: string;
    /** Docker's own health check; undefined where there is none. */
    health?: "starting" | "healthy" | "unhealthy";
    /** Exit code of the last run; undefined while it runs and before the first start. */
    exitCode?: number;
    /** Whether the last run was ended for want of memory. */
    outOfMemory: boolean;
    /** What Docker calls it: the name of a network, or `container:ID` for the network namespace of that container. */
    networkMode: string;
    /** IPv4 address on the network asked for (else on its only one): its own fixed one, running or not. */
    address?: string;
    /** Start of the current or last run; undefined before the first. */
    startedAt?: Date;
    /** How often Docker started it again by its restart policy. */
    restartCount: number;
    restartPolicy: "no" | "always" | "unless-stopped" | "on-failure";
}

/** Slot of a container, counted from 1. */
export function slotOf(container: ContainerInfo): number {
    return Number(container.labels["relink.slot"]);
}

/** Docker is about to have it running, or has. */
export function runs(container: ContainerInfo): boolean {
    return container.state === "running" || container.state === "restarting";
}

/** @returns whether it runs, but somebody took it off its network */
export function isDetached(container: ContainerInfo): boolean {
    return container.state === "running" && container.address === undefined;
}
