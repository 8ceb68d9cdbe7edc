import type { Route } from "../model/Route";
import { readMap, removeMapEntry, writeMapEntry } from "./maps";
import { checked } from "./names";

/**
 * A route's key in the map: host and path, closed by a slash. The frontend looks up host, path and a slash and takes the
 * longest key that this begins with, so that `/api/` is met by `/api` and `/api/x`, and not by `/apix`.
 */
export function routeKey({ host, path }: Pick<Route, "host" | "path">): string {
    return path === "/" ? `${host}/` : `${host}${path}/`;
}

/** Its value: the service, and where the route is one of a path, that path and whether it is taken off. */
export function routeValue({ path, strip }: Route, service: string): string {
    const name = checked("service", service);
    return path === "/" ? name : `${name}:${path}:${strip ? "strip" : "keep"}`;
}

/** Routes and the services that they lead to, as a map has them. */
export function parseRoutes(entries: ReadonlyMap<string, string>): { route: Route; service: string }[] {
    return [...entries].map(([key, value]) => {
        const [service = "", , how] = value.split(":");
        // A front of an earlier version has hosts alone, without a slash.
        const [, host = key, path = ""] = /^([^/]*)(\/.*?)?\/?$/.exec(key) ?? [];
        return { route: { host, path: path === "" ? "/" : path, strip: how === "strip" }, service };
    });
}

/** Brings the routes of a front of an earlier version, hosts alone, to keys of host and path. */
export function closeRouteKeys(files: Map<string, string>): void {
    for (const [key, value] of readMap(files, "routes")) {
        if (!key.includes("/")) {
            removeMapEntry(files, "routes", key);
            writeMapEntry(files, "routes", `${key}/`, value);
        }
    }
}
