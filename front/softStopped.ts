import { backendName } from "../haproxy/names";
import { parseRoutes } from "../haproxy/routes";
import { observedService } from "../look/observedService";
import type { Color } from "../model/Color";
import { slotOf } from "../model/Container";
import type { Worker } from "../model/FrontState";
import type { LinkValue } from "../model/LinkValue";
import { containersOf, currentWorkers, type World } from "../model/World";

// A soft-stopped worker finishes what its connections ask for, with the slots that it had when it was replaced: those can no
// longer be changed. Its maps can. It must never be told to send requests where its own slots lead to nothing, or its
// connections get 503; nor to forget a route whose successor it could not be told.

/**
 * Whether a worker can follow a service's link. Where it cannot, it keeps its old one until it has exited.
 * @returns for a soft-stopped worker and a link to no color, whether no route there leads to the service any more
 */
export function canFollow(worker: Worker, world: World, service: string, link: LinkValue): boolean {
    if (!worker.old) {
        return true;
    }
    return link.reached.length === 0
        ? parseRoutes(worker.routes).every(route => route.service !== service)
        : link.reached.every(color => canServe(worker, world, service, color));
}

/** Whether requests that a worker gets for a service are answered: a soft-stopped one may not know it, or no more. */
export function canLeadTo(worker: Worker, world: World, service: string): boolean {
    const link = worker.links.get(service);
    return !worker.old || (link !== undefined && link.reached.length > 0 && canFollow(worker, world, service, link));
}

/** Whether a worker may forget a route: what is left leads its requests where the workers lead that take new connections. */
export function canForget(worker: Worker, world: World): boolean {
    return (
        !worker.old ||
        currentWorkers(world.front).every(({ routes }) =>
            [...routes].every(([key, value]) => worker.routes.get(key) === value),
        )
    );
}

/** Whether a soft-stopped worker's own slots of a color are the containers that run there. */
function canServe(worker: Worker, world: World, service: string, color: Color): boolean {
    const backend = worker.backends.get(backendName(service, color));
    const open = [...(backend?.servers.values() ?? [])].filter(({ up, admin }) => up && admin === "ready");
    const port = observedService(world, service)[color].release?.settings.port;
    const running = containersOf(world, service, color).filter(({ state }) => state === "running");
    const addresses = new Map(running.map(container => [slotOf(container), container.address]));
    // No slot less, and none more: an open one without its container would get requests too.
    return (
        open.length > 0 &&
        open.length === addresses.size &&
        open.every(server => server.address === addresses.get(server.slot) && server.port === port)
    );
}
