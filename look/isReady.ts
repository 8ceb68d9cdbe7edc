import { backendName } from "../haproxy/names";
import type { Color } from "../model/Color";
import { type ContainerInfo, slotOf } from "../model/Container";
import { recordOf } from "../model/Records";
import { currentWorkers, type World } from "../model/World";

/**
 * @returns whether a container is healthy for Docker, if there is a check, and up for every worker that takes new
 * connections. HAProxy has no say about a background service.
 */
export function isReady(world: World, service: string, color: Color, container: ContainerInfo): boolean {
    if (container.state !== "running" || (container.health !== undefined && container.health !== "healthy")) {
        return false;
    }
    const release = recordOf(world.records, service).releases[container.labels["relink.release"] ?? ""];
    if (release !== undefined && release.settings.port === undefined) {
        return true;
    }
    return currentWorkers(world.front).every(worker => {
        const server = worker.backends.get(backendName(service, color))?.servers.get(slotOf(container));
        return server?.up === true && server.admin === "ready" && server.address === container.address;
    });
}
