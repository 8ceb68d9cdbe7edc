import { backendName } from "../haproxy/names";
import { headersIn, parseRouteEntry, parseRoutes } from "../haproxy/routes";
import { observedService } from "../look/observedService";
import type { Color } from "../model/Color";
import { slotOf } from "../model/Container";
import type { Worker } from "../model/FrontState";
import type { LinkValue } from "../model/LinkValue";
import { type Route, routesOverlap } from "../model/Route";
import { serverPort, wiringOf } from "../model/Wiring";
import { containersOf, currentWorkers, type World } from "../model/World";

// A soft-stopped worker serves the connections that it has, with the slots that it had when it was replaced. Its slots cannot
// change any more, but its maps can. It must not be told a link to a color whose slots it lacks: its connections would get 503.
// Nor may it be told to forget a route whose successor it cannot be told.

/**
 * Tells whether a worker can follow a service's link. Where it cannot, it keeps its old link until it exits. A soft-stopped
 * worker can follow a link to no color only where it has no route to the service.
 */
export function canFollow(worker: Worker, world: World, service: string, link: LinkValue): boolean {
    if (!worker.old) {
        return true;
    }
    if (link.failover) {
        // It checks no server any more, so it would never find the live color down, or up again.
        return false;
    }
    return link.reached.length === 0
        ? parseRoutes(worker.routes).every(route => route.service !== service)
        : link.reached.every(color => canServe(worker, world, service, color));
}

/** @returns whether a worker can answer a service's requests. A soft-stopped worker may not know the service or its slots. */
export function canLeadTo(worker: Worker, world: World, service: string): boolean {
    // A link with failover from before leads to the live color first, as one without.
    const { reached = [] } = worker.links.get(service) ?? {};
    return !worker.old || (reached.length > 0 && reached.every(color => canServe(worker, world, service, color)));
}

/**
 * @returns a function that says whether a worker may forget a route: its requests then find the same other routes there as in
 * the workers that take new connections. A worker of another configuration may not know routes by header, so it forgets nothing
 * while there are some.
 */
export function canForget(worker: Worker, world: World): (route: Route) => boolean {
    const current = worker.old ? currentWorkers(world.front) : [];
    if (current.some(({ routes, configHash }) => headersIn(routes).length > 0 && worker.configHash !== configHash)) {
        return () => false;
    }
    const entries = current.flatMap(({ routes }) => [...routes]);
    const unknown = entries.filter(([key, value]) => worker.routes.get(key) !== value).map(parseRouteEntry);
    return forgotten => !unknown.some(({ route }) => routesOverlap(route, forgotten));
}

/** @returns whether a worker's own slots of a color are exactly the containers that run there */
function canServe(worker: Worker, world: World, service: string, color: Color): boolean {
    const backend = worker.backends.get(backendName(service, color));
    const open = [...(backend?.servers.values() ?? [])].filter(({ up, admin }) => up && admin === "ready");
    const settings = observedService(world, service)[color].release?.settings;
    const [port, wiring] = settings === undefined ? [] : [serverPort(settings), wiringOf(settings)];
    const running = containersOf(world, service, color).filter(({ state }) => state === "running");
    const addresses = new Map(running.map(container => [slotOf(container), container.address]));
    // An open slot without a container would get requests too, so the numbers must be equal.
    return (
        open.length > 0 &&
        open.length === addresses.size &&
        open.every(
            server => server.address === addresses.get(server.slot) && server.port === port && server.wiring === wiring,
        )
    );
}
