import type Dockerode from "dockerode";
import { withoutControls } from "../text/withoutControls";
import type { Engine } from "./Engine";
import { statusOf } from "./errors";

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

/** All containers, running or not, that carry these labels, by name. `address` is the one on `network`. */
export async function listContainers(
    engine: Engine,
    labels: Record<string, string>,
    network?: string,
): Promise<ContainerInfo[]> {
    const filters = { label: Object.entries(labels).map(([name, value]) => `${name}=${value}`) };
    const found = await engine.docker.listContainers({ all: true, filters });
    return inspectContainers(engine, found, network);
}

/** These containers, by name. One that goes away meanwhile is left out. */
export async function inspectContainers(
    engine: Engine,
    containers: { Id: string }[],
    network?: string,
): Promise<ContainerInfo[]> {
    const infos = await Promise.all(containers.map(({ Id }) => inspectContainer(engine, Id, network)));
    return infos.filter(info => info !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** One container by id or name, or undefined where there is none. */
export async function inspectContainer(
    engine: Engine,
    idOrName: string,
    network?: string,
): Promise<ContainerInfo | undefined> {
    try {
        return containerInfo(await engine.docker.getContainer(idOrName).inspect(), network);
    } catch (error) {
        if (statusOf(error) === 404) {
            return undefined;
        }
        throw error;
    }
}

function containerInfo(inspected: Dockerode.ContainerInspectInfo, network?: string): ContainerInfo {
    const { State: state, HostConfig: host, Config: config } = inspected;
    const hasRun = !state.StartedAt.startsWith("0001-");
    const health = state.Health?.Status;
    const networks = inspected.NetworkSettings.Networks;
    const endpoint = network === undefined ? Object.values(networks)[0] : networks[network];
    return {
        id: inspected.Id,
        name: inspected.Name.replace(/^\//, ""),
        labels: config.Labels ?? {},
        state: state.Status as ContainerInfo["state"],
        status: statusInWords(state),
        imageId: inspected.Image,
        imageReference: config.Image,
        health: health === "starting" || health === "healthy" || health === "unhealthy" ? health : undefined,
        exitCode: hasRun && !state.Running ? state.ExitCode : undefined,
        outOfMemory: state.OOMKilled,
        networkMode: host.NetworkMode ?? "",
        address: endpoint?.IPAMConfig?.IPv4Address || endpoint?.IPAddress || undefined,
        startedAt: hasRun ? new Date(state.StartedAt) : undefined,
        restartCount: inspected.RestartCount,
        restartPolicy: (host.RestartPolicy?.Name || "no") as ContainerInfo["restartPolicy"],
    };
}

function statusInWords(state: Dockerode.ContainerInspectInfo["State"]): string {
    if (state.Status !== "exited" && state.Status !== "dead" && state.Status !== "restarting") {
        return state.Health?.Status && state.Health.Status !== "none"
            ? `${state.Status} (${state.Health.Status})`
            : state.Status;
    }
    const why = [state.OOMKilled ? "out of memory" : "", state.Error].filter(text => text !== "").join(": ");
    return `${state.Status} with code ${state.ExitCode}${why === "" ? "" : ` (${withoutControls(why)})`}`;
}
