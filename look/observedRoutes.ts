import { readMap } from "../haproxy/maps";
import { mapFile } from "../haproxy/names";
import { parseRoutes } from "../haproxy/routes";
import { recordOf } from "../model/Records";
import { type Route, routeText } from "../model/Route";
import { currentWorkers, type World } from "../model/World";

/**
 * Reads the routes that lead to a service in every worker's memory. While no worker runs, HAProxy's file counts, because
 * HAProxy takes it at its next start: it still has a route that the service left to another one. When the file was not read,
 * the record counts.
 * @returns the routes, in the order of the record
 */
export function observedRoutes(world: World, service: string): Route[] {
    const recorded = recordOf(world.records, service).routes;
    const maps = currentWorkers(world.front).map(({ routes }) => routes);
    if (maps.length === 0 && world.files?.has(mapFile("routes"))) {
        maps.push(readMap(world.files, "routes"));
    }
    const [first, ...others] = maps.map(routes => routesOf(routes, service));
    if (first === undefined) {
        return recorded;
    }
    const places = recorded.map(routeText);
    return [...first]
        .filter(([text]) => others.every(routes => routes.has(text)))
        .sort(([one], [two]) => rank(places, one) - rank(places, two) || (one < two ? -1 : 1))
        .map(([, route]) => route);
}

/**
 * Compares HAProxy's memory with its file, which a HAProxy reads that starts or reloads.
 * @returns the routes of a service that only one of them has; undefined where there are none, or one of them is not known
 */
export function halfWrittenRoutes(world: World, service: string): Route[] | undefined {
    const workers = currentWorkers(world.front);
    if (workers.length === 0 || !world.files?.has(mapFile("routes"))) {
        return undefined;
    }
    const file = routesOf(readMap(world.files, "routes"), service);
    const memory = new Map(observedRoutes(world, service).map(route => [routeText(route), route]));
    const half = [...memory, ...file].filter(([text]) => !(memory.has(text) && file.has(text)));
    return half.length === 0 ? undefined : half.map(([, route]) => route);
}

/** @returns the routes of a map that lead to a service, by their text. */
function routesOf(routes: ReadonlyMap<string, string>, service: string): Map<string, Route> {
    const mine = parseRoutes(routes).filter(found => found.service === service);
    return new Map(mine.map(({ route }) => [routeText(route), route]));
}

function rank(places: string[], text: string): number {
    const place = places.indexOf(text);
    return place < 0 ? places.length : place;
}
