/** The requests that a service gets: those for a host whose path is this one or below it, and whose headers are as wanted. */
export interface Route {
    /** A DNS name in lower case, `*.example.com`, or `*` for every host. */
    host: string;
    /** `/` means every path. `/api` means `/api` and `/api/x`, but not `/apix`. */
    path: string;
    /** The front removes the path before the service gets the request. */
    strip: boolean;
    /**
     * Port of the Docker host, for the connections of a TCP service. The host then is the one that a client names by TLS
     * (SNI), or `*` for all connections. @default undefined (requests of the front's own ports)
     */
    tcpPort?: number;
    /** The headers that a request must have, as {@link headersText} writes them. @default undefined (any) */
    headers?: string;
    /**
     * The release says which port of its containers gets the requests (`ReleaseSettings.routePorts`). A release that says
     * nothing gets them on its main port. @default undefined (the main port)
     */
    ownPort?: true;
}

/** The route of the default service: all requests that no other route matches. */
export const everything: Route = { host: "*", path: "/", strip: false };

const stripped = " (stripped)";
const ownPort = " (own port)";
const condition = " if ";

/**
 * @returns what two services cannot both have: `shop.example.com/api`, `*`, `shop.example.com if x-version=2`; of TCP services
 * `:6379`, `db.example.com:5432`
 */
export function placeOf({ host, path, headers, tcpPort }: Route): string {
    if (tcpPort !== undefined) {
        return `${host === "*" ? "" : host}:${tcpPort}`;
    }
    return `${path === "/" ? host : `${host}${path}`}${headers === undefined ? "" : `${condition}${headers}`}`;
}

/** @returns a route for messages and for Pulumi's state: `shop.example.com/api (stripped) (own port)` */
export function routeText(route: Route): string {
    return `${placeOf(route)}${route.strip ? stripped : ""}${route.ownPort ? ownPort : ""}`;
}

/** Reads a text of {@link routeText}. */
export function parseRoute(text: string): Route {
    const [withoutPort, hasPort] = cut(text, ownPort);
    const [whole, strip] = cut(withoutPort, stripped);
    const [place = "", headers] = whole.split(condition);
    const [, name, port] = /^([^:/]*):(\d+)$/.exec(place) ?? [];
    if (port !== undefined) {
        return { host: name || "*", path: "/", strip: false, tcpPort: Number(port) };
    }
    const slash = place.indexOf("/");
    const [host, path] = slash < 0 ? [place, "/"] : [place.slice(0, slash), place.slice(slash)];
    return { host, path, strip, ...(headers !== undefined && { headers }), ...(hasPort && { ownPort: true }) };
}

/** @returns a text without an ending, and whether it had that */
function cut(text: string, ending: string): [string, boolean] {
    return text.endsWith(ending) ? [text.slice(0, -ending.length), true] : [text, false];
}

/** @returns whether both have the same routes, in any order */
export function sameRoutes(some: readonly Route[], others: readonly Route[]): boolean {
    const texts = (routes: readonly Route[]) => [...new Set(routes.map(routeText))].sort().join("\n");
    return texts(some) === texts(others);
}

/**
 * @param headers value by name in lower case; `true` for a header that may have any value
 * @returns the headers in alphabetical order, the values encoded as in a URL: `x-beta&x-version=2`
 */
export function headersText(headers: Readonly<Record<string, string | true>>): string {
    return Object.entries(headers)
        .sort(([one], [two]) => (one < two ? -1 : 1))
        .map(([name, value]) => (value === true ? name : `${name}=${encoded(value)}`))
        .join("&");
}

/** @returns which headers a text of {@link headersText} asks for, without their values: `x-beta&x-version=` */
export function headerNames(headers: string): string {
    return headers.replace(/=[^&]*/g, "=");
}

/** @returns whether one request can have the headers of both texts. Without a text, any request has them. */
export function canGoTogether(one: string | undefined, other: string | undefined): boolean {
    const values = new Map((one ?? "").split("&").map(header => split(header)));
    return (other ?? "").split("&").every(header => {
        const [name, value] = split(header);
        const wanted = values.get(name);
        return wanted === undefined || value === undefined || wanted === value;
    });
}

/** @returns whether one request, or one connection, can belong to both places, as {@link placeOf} writes them */
export function placesOverlap(one: string, two: string): boolean {
    return routesOverlap(parseRoute(one), parseRoute(two));
}

/** @returns whether one request, or one connection, can belong to the places of both routes */
export function routesOverlap(a: Route, b: Route): boolean {
    const fits = canGoTogether(a.headers, b.headers) && a.tcpPort === b.tcpPort;
    return (
        fits &&
        (covers(a.host, b.host) || covers(b.host, a.host)) &&
        (isBelow(a.path, b.path) || isBelow(b.path, a.path))
    );
}

/** `*` covers every host, and `*.example.com` every host with one label more. */
function covers(wide: string, host: string): boolean {
    return wide === "*" || wide === host || wide === host.replace(/^[^.]*/, "*");
}

function isBelow(path: string, root: string): boolean {
    return root === "/" || path === root || path.startsWith(`${root}/`);
}

function split(header: string): [name: string, value: string | undefined] {
    const [name = "", value] = header.split("=");
    return [name, value];
}

/** Encodes as HAProxy's `url_enc` does: everything but letters, digits and `-._~`. */
function encoded(value: string): string {
    return encodeURIComponent(value).replace(
        /[!'()*]/g,
        letter => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
    );
}
