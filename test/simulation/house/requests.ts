import type { House, Name } from "./House";
import type { HouseWish } from "./HouseWish";

/** One request for each way to fall into the places of a house. */
export const requests = [
    "shop.example.com/",
    "shop.example.com/api",
    "shop.example.com/api/v2/users",
    "api.example.com/api",
    "example.org/",
] as const;

export type Request = (typeof requests)[number];

/**
 * Finds the route of a request as HAProxy does (front/frontends.ts): the exact host first, then `*.example.com`, then `*`;
 * of one host the longest path.
 * @param routes key -> value of its map
 * @returns the value
 */
export function routeOf(routes: Readonly<Record<string, string>>, request: Request): string | undefined {
    for (const asked of askedFor[request]) {
        const [found] = Object.keys(routes)
            .filter(key => asked.startsWith(key))
            .sort((one, other) => other.length - one.length);
        if (found !== undefined) {
            return routes[found];
        }
    }
    return undefined;
}

/** What is looked up for each request, one after the other. */
const askedFor = Object.fromEntries(requests.map(request => [request, formsOf(request)])) as Record<Request, string[]>;

function formsOf(request: Request): string[] {
    const [, host = "", path = ""] = /^([^/]*)(.*)$/.exec(request) ?? [];
    return [host, host.replace(/^[^.]*/, "*"), "*"].map(asked => `${asked}${path}/`);
}

/** @returns the service that a request is to reach by the config. */
export function wantedFor({ wanted }: HouseWish, request: Request): Name | undefined {
    const routes = Object.fromEntries(Object.entries(wanted).map(([place, name]) => [`${place}/`, name]));
    return routeOf(routes, request) as Name | undefined;
}

/** @returns the service that a request reaches now, by HAProxy's newest worker. */
export function reachedBy({ worlds }: House, request: Request): Name | undefined {
    const { memory } = worlds.web.front;
    return memory && serviceOf(memory.routes, request);
}

/** @returns the service that a request would reach after a reload, by HAProxy's files. */
export function reachedByFile({ worlds }: House, request: Request): Name | undefined {
    return serviceOf(worlds.web.front.files.routes, request);
}

/** @returns all routes, in HAProxy's memory and in its files. */
export function routesText({ worlds }: House): string {
    const { memory, files } = worlds.web.front;
    return JSON.stringify([memory?.routes, files.routes]);
}

function serviceOf(routes: Readonly<Record<string, string>>, request: Request): Name | undefined {
    return routeOf(routes, request)?.split(":")[0] as Name | undefined;
}

/** Whether a request is answered now. */
export function isAnswered(house: House, request: Request): boolean {
    const service = reachedBy(house, request);
    return service !== undefined && house.worlds[service].answering().length > 0;
}
