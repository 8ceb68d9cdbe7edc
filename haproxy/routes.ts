import type { Route } from "../model/Route";
import { readMap, removeMapEntry, writeMapEntry } from "./maps";
import { checked } from "./names";

/**
 * @returns a route's key in the map: host and path, with a slash at the end. The frontend appends a slash to host and path and
 * takes the longest key that is a prefix. So the key `/api/` matches `/api` and `/api/x`, but not `/apix`.
 */
export function routeKey({ host, path }: Pick<Route, "host" | "path">): string {
    return path === "/" ? `${host}/` : `${host}${path}/`;
}

/** @returns a route's value in the map: the service, and for a route with a path, that path and whether it is stripped */
export function routeValue({ path, strip }: Route, service: string): string {
    const name = checked("service", service);
    return path === "/" ? name : `${name}:${path}:${strip ? "strip" : "keep"}`;
}

/** Parses the entries of a map into routes and their services. */
export function parseRoutes(entries: ReadonlyMap<string, string>): { route: Route; service: string }[] {
    return [...entries].map(([key, value]) => {
        const [service = "", , how] = value.split(":");
        // A front of an earlier version has hosts alone, without a slash.
        const [, host = key, path = ""] = /^([^/]*)(\/.*?)?\/?$/.exec(key) ?? [];
        return { route: { host, path: path === "" ? "/" : path, strip: how === "strip" }, service };
    });
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
