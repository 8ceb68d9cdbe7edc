/** The requests that a service gets: those for a host whose path is this one or below it. */
export interface Route {
    /** A DNS name in lower case, `*.example.com`, or `*` for every host. */
    host: string;
    /** `/` means every path. `/api` means `/api` and `/api/x`, but not `/apix`. */
    path: string;
    /** The front removes the path before the service gets the request. */
    strip: boolean;
}

/** The route of the default service: all requests that no other route matches. */
export const everything: Route = { host: "*", path: "/", strip: false };

const stripped = " (stripped)";

/** @returns what two services cannot both have: `shop.example.com/api`, `*` */
export function placeOf({ host, path }: Route): string {
    return path === "/" ? host : `${host}${path}`;
}

/** @returns a route for messages and for Pulumi's state: `shop.example.com/api (stripped)` */
export function routeText(route: Route): string {
    return `${placeOf(route)}${route.strip ? stripped : ""}`;
}

/** Reads a text of {@link routeText}. */
export function parseRoute(text: string): Route {
    const strip = text.endsWith(stripped);
    const place = strip ? text.slice(0, -stripped.length) : text;
    const slash = place.indexOf("/");
    return slash < 0
        ? { host: place, path: "/", strip }
        : { host: place.slice(0, slash), path: place.slice(slash), strip };
}

/** @returns whether both have the same routes, in any order */
export function sameRoutes(some: readonly Route[], others: readonly Route[]): boolean {
    const texts = (routes: readonly Route[]) => [...new Set(routes.map(routeText))].sort().join("\n");
    return texts(some) === texts(others);
}
