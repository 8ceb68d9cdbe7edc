/** A container as Docker shows it now. */
export interface ContainerInfo {
    id: string;
    name: string;
    labels: Record<string, string>;
    state: "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";
    /** The state in words: `exited with code 1 (out of memory)`. */
    status: string;
    /** Local image id, `sha256:...`. */
    imageId: string;
    /** The image as the creator of the container named it: a reference or an id. */
    imageReference: string;
    /** The result of Docker's own health check; undefined where there is none. */
    health?: "starting" | "healthy" | "unhealthy";
    /** Exit code of the last run; undefined while the container runs, and before its first start. */
    exitCode?: number;
    /** Whether the kernel ended the last run because it used too much memory. */
    outOfMemory: boolean;
    /** Docker's `NetworkMode`: the name of a network, or `container:ID` for the network namespace of that container. */
    networkMode: string;
    /**
     * IPv4 address on the network that the caller asked for, else on the only one. A fixed one is there also while it
     * is stopped.
     */
    address?: string;
    /** Start of the current or last run; undefined before the first one. */
    startedAt?: Date;
    /** How often Docker has restarted it by its restart policy. */
    restartCount: number;
    restartPolicy: "no" | "always" | "unless-stopped" | "on-failure";
}

/** @returns the slot of a container, counted from 1; NaN where it has no label that says it */
export function slotOf(container: ContainerInfo): number {
    return Number(container.labels["relink.slot"]);
}

/** @returns whether a container runs, or Docker is about to restart it */
export function runs(container: ContainerInfo): boolean {
    return container.state === "running" || container.state === "restarting";
}

/** @returns whether a container runs without an address, because somebody disconnected it from its network */
export function isDetached(container: ContainerInfo): boolean {
    return container.state === "running" && container.address === undefined;
}
