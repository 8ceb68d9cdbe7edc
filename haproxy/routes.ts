import { headerNames, placeOf, type Route } from "../model/Route";
import { shortDigest } from "../text/shortDigest";
import { readMap, removeMapEntry, writeMapEntry } from "./maps";
import { checked, checkedInteger } from "./names";

/**
 * @returns a route's key in the map: host and path, with a slash at the end. The frontend appends a slash to host and path and
 * takes the longest key that is a prefix. So the key `/api/` matches `/api` and `/api/x`, but not `/apix`. Before them are the
 * headers that a request must have, between slashes. The front answers no Host with a slash, so no client can write them there.
 * See {@link tcpKey} for the key of a TCP service.
 */
export function routeKey({ host, path, headers, tcpPort }: Omit<Route, "strip">): string {
    if (tcpPort !== undefined) {
        return tcpKey(tcpPort, host);
    }
    const place = path === "/" ? `${host}/` : `${host}${path}/`;
    return headers === undefined ? place : `/${headers}/${place}`;
}

/**
 * @returns a route's value in the map: the service, and for a route with a path, that path and whether it is stripped. A route
 * with a port of its own has its mark behind them ({@link portMark})
 */
export function routeValue(route: Route, service: string): string {
    const { path, strip, ownPort } = route;
    const name = checked("service", service);
    const value = path === "/" ? name : `${name}:${path}:${strip ? "strip" : "keep"}`;
    return ownPort ? `${path === "/" ? `${name}::` : value}:${portMark(placeOf(route))}` : value;
}

/**
 * @param place `placeOf` a route
 * @returns what the backends know a route with a port of its own by. The port is in the backend, because it belongs to the
 * color's release: so one switch of the link changes both
 */
export function portMark(place: string): string {
    return shortDigest(place);
}

/**
 * @returns the key of a TCP service's route: `TCP:5432/db.example.com/`. No host and no path of a request begins so, because
 * the front looks up hosts in lower case
 */
export function tcpKey(port: number, host: string): string {
    return `TCP:${checkedInteger("port", port, 1, 65_535)}/${host}/`;
}

/** An entry of the map. */
export interface RouteEntry {
    route: Route;
    service: string;
}

/** Parses the entries of a map into routes and their services. */
export function parseRoutes(entries: ReadonlyMap<string, string>): RouteEntry[] {
    return [...entries].map(parseRouteEntry);
}

/** Parses one entry of a map. */
export function parseRouteEntry([key, value]: readonly [key: string, value: string]): RouteEntry {
    const [service = "", , how, mark] = value.split(":");
    const [, port, name = "*"] = /^TCP:(\d+)\/([^/]*)\/$/.exec(key) ?? [];
    if (port !== undefined) {
        return { route: { host: name, path: "/", strip: false, tcpPort: Number(port) }, service };
    }
    const [, headers, place = key] = /^\/([^/]*)\/(.*)$/.exec(key) ?? [];
    // A front of an earlier version has hosts alone, without a slash.
    const [, host = place, path = ""] = /^([^/]*)(\/.*?)?\/?$/.exec(place) ?? [];
    const route = { host, path: path === "" ? "/" : path, strip: how === "strip" };
    const more = {
        ...(headers !== undefined && { headers }),
        ...(mark !== undefined && { ownPort: true as const }),
    };
    return { route: { ...route, ...more }, service };
}

/** @returns which headers the routes of a map ask for, each kind once ({@link headerNames}) */
export function headersIn(entries: ReadonlyMap<string, string>): string[] {
    const headers = parseRoutes(entries).flatMap(({ route }) => route.headers ?? []);
    return [...new Set(headers.map(headerNames))].sort();
}

/** Rewrites the routes of a front of an earlier version, which are hosts alone, to keys of host and path. */
export function closeRouteKeys(files: Map<string, string>): void {
    for (const [key, value] of readMap(files, "routes")) {
        if (!key.includes("/")) {
            removeMapEntry(files, "routes", key);
            writeMapEntry(files, "routes", `${key}/`, value);
        }
    }
}
