import type Dockerode from "dockerode";
import type { ContainerInfo } from "../model/Container";
import { withoutControls } from "../text/withoutControls";
import type { Engine } from "./Engine";
import { statusOf } from "./errors";

/**
 * Lists the containers that carry these labels, running or not.
 * @param network the network of which `address` is told. @default the first one of each container
 * @returns the containers, sorted by name
 */
export async function listContainers(
    engine: Engine,
    labels: Record<string, string>,
    network?: string,
): Promise<ContainerInfo[]> {
    const filters = { label: Object.entries(labels).map(([name, value]) => `${name}=${value}`) };
    const found = await engine.docker.listContainers({ all: true, filters });
    return inspectContainers(engine, found, network);
}

/** @returns these containers, sorted by name. One that is removed meanwhile is left out. */
export async function inspectContainers(
    engine: Engine,
    containers: { Id: string }[],
    network?: string,
): Promise<ContainerInfo[]> {
    const infos = await Promise.all(containers.map(({ Id }) => inspectContainer(engine, Id, network)));
    return infos.filter(info => info !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @returns the container of this id or name; undefined where there is none */
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
