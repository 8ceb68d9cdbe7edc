/** Which requests belong to a service: those of a host whose path is this one or below it. */
export interface Route {
    /** A DNS name in lower case, `*.example.com`, or `*` for every host. */
    host: string;
    /** `/` is every path; `/api` is `/api` and what is below it, `/api/x`, but not `/apix`. */
    path: string;
    /** The path is taken off before the service gets the request. */
    strip: boolean;
}

/** The route of the default service: whatever no other route matches. */
export const everything: Route = { host: "*", path: "/", strip: false };

const stripped = " (stripped)";

/** What two services cannot both have: `shop.example.com/api`, `*` and so on. */
export function placeOf({ host, path }: Route): string {
    return path === "/" ? host : `${host}${path}`;
}

/** A route for people and for Pulumi's state: `shop.example.com/api (stripped)`. */
export function routeText(route: Route): string {
    return `${placeOf(route)}${route.strip ? stripped : ""}`;
}

/** Reads what {@link routeText} wrote. */
export function parseRoute(text: string): Route {
    const strip = text.endsWith(stripped);
    const place = strip ? text.slice(0, -stripped.length) : text;
    const slash = place.indexOf("/");
    return slash < 0
        ? { host: place, path: "/", strip }
        : { host: place.slice(0, slash), path: place.slice(slash), strip };
}

/** Whether both are the same set of routes, in whatever order. */
export function sameRoutes(some: readonly Route[], others: readonly Route[]): boolean {
    const texts = (routes: readonly Route[]) => [...new Set(routes.map(routeText))].sort().join("\n");
    return texts(some) === texts(others);
}
