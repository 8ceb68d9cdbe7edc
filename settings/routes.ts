import { everything, headersText, placeOf, type Route, routeText } from "../model/Route";
import type { ConfigPath } from "./ConfigPath";
import { removeCommand, setCommand } from "./configCommands";
import { type Problem, solvedByRemoving, solvedBySetting } from "./Problem";
import type { RouteConfig } from "./route";
import { type IsSound, ServiceScope } from "./ServiceScope";
import type { ServiceConfig, StackConfig } from "./schema";

/** One route of a service, and the key of the config that it comes from. */
interface Claim {
    route: Route;
    /** Below the service: `["hosts", 0]`, `["routes", 1, "paths", 0]`. */
    key: ConfigPath;
    /** The port of a route with a port of its own. @default undefined (the service's) */
    port?: number;
}

type Services = StackConfig["services"];
type RouteKeys = Pick<ServiceConfig, "hosts" | "paths" | "stripPath" | "routes" | "default">;

/** HAProxy's map has a route's headers in its key. */
const mostHeaders = 4;

/** The keys that set a service's routes. */
const routeKeys = ["hosts", "paths", "stripPath", "routes", "default", "protocol", "listen"] as const;

/**
 * @returns the routes of a service: each of its hosts with each of its paths, those of its list, and everything else for the
 * default one
 */
export function routesOf(name: string, services: Services): Route[] {
    const routes = getsTraffic(services[name]!) ? claimsOf(name, services).map(({ route }) => route) : [];
    return [...new Map(routes.map(route => [placeOf(route), route])).values()];
}

/** @returns the ports of the routes that have one of their own, by place; undefined where no route has */
export function routePortsOf(name: string, services: Services): Record<string, number> | undefined {
    const claims = getsRequests(services[name]!) ? claimsOf(name, services) : [];
    const ports = claims.flatMap(({ route, port }) => (port === undefined ? [] : [[placeOf(route), port] as const]));
    return ports.length === 0 ? undefined : Object.fromEntries(ports);
}

/** @returns the hosts that a service names, in the order of the config, and the key of each */
export function namedHosts({ hosts = [], routes }: Pick<RouteKeys, "hosts" | "routes">): [string, ConfigPath][] {
    return [
        ...hosts.map((host, index): [string, ConfigPath] => [host, ["hosts", index]]),
        ...routes.flatMap((route, place) =>
            (route.hosts ?? []).map((host, index): [string, ConfigPath] => [host, ["routes", place, "hosts", index]]),
        ),
    ];
}

/** @returns the ports for TCP services, in ascending order: those of the front, and those at which a service listens */
export function tcpPortsOf({ front, services }: Pick<StackConfig, "front" | "services">): number[] {
    const ports = Object.values(services).flatMap(({ protocol, listen }) =>
        protocol === "tcp" && listen !== undefined ? [listen.port] : [],
    );
    return [...new Set([...front.tcpPorts, ...ports])].sort((one, other) => one - other);
}

function claimsOf(name: string, services: Services): Claim[] {
    const service = services[name]!;
    if (service.protocol === "tcp") {
        return claimsOfPort(service);
    }
    const short = namesNothing(service) ? [] : claimsOfRoute({ ...service, port: undefined }, []);
    const listed = service.routes.flatMap((route, index) =>
        claimsOfRoute({ ...route, port: hasOwnPort(route, service) ? route.port : undefined }, ["routes", index]),
    );
    const claims = [...short, ...listed];
    // An internal service that names no place has none: its callers are the stack's own containers.
    const isOnly = !service.internal && Object.values(services).filter(isPublic).length === 1;
    if (service.default ?? (claims.length === 0 && isOnly)) {
        claims.push({ route: everything, key: ["default"] });
    }
    return claims;
}

/** @returns whether a route leads to another port than the service's */
export function hasOwnPort(route: Pick<RouteConfig, "port">, service: Pick<ServiceConfig, "port">): boolean {
    return route.port !== undefined && route.port !== service.port;
}

/** A TCP service without hosts has every connection of its port. */
function claimsOfPort({ listen }: Pick<ServiceConfig, "listen">): Claim[] {
    if (listen === undefined) {
        return [];
    }
    const { port, sni } = listen;
    const routeTo = (host: string): Route => ({ host, path: "/", strip: false, tcpPort: port });
    return sni === undefined
        ? [{ route: routeTo("*"), key: ["listen", "port"] }]
        : sni.map((host, index) => ({ route: routeTo(host), key: ["listen", "sni", index] }));
}

/** @param at key of the route below the service; empty for the short form, the service's own `hosts` and `paths` */
function claimsOfRoute({ hosts, paths, stripPath, headers = {}, port }: RouteConfig, at: ConfigPath): Claim[] {
    const asked = Object.entries(headers).map(([name, value]) => [name, value === "*" || value] as const);
    const routeTo = (host: string, path: string): Route => ({
        host,
        path,
        strip: stripPath && path !== "/",
        ...(asked.length > 0 && { headers: headersText(Object.fromEntries(asked)) }),
        ...(port !== undefined && { ownPort: true }),
    });
    if (hosts === undefined) {
        return paths.map((path, index) => ({ route: routeTo("*", path), key: [...at, "paths", index], port }));
    }
    return hosts.flatMap((host, index): Claim[] =>
        paths.map(path => ({ route: routeTo(host, path), key: [...at, "hosts", index], port })),
    );
}

/**
 * @returns what is wrong with the routes of all services: each service has one, and no two services have the same one
 */
export function checkRoutes({ services }: StackConfig, isSound: IsSound): Problem[] {
    const claimed = new Map<string, ClaimedPlace>();
    return Object.keys(services)
        .sort()
        .flatMap(name => {
            const scope = new ServiceScope(name, services[name]!, isSound);
            const isKnown = routeKeys.every(key => scope.isSound(key));
            const hasRoutes = getsTraffic(scope.config) || !scope.isSound("port");
            const own = scope.config.protocol === "tcp" ? [] : checkOwn(scope, services);
            return isKnown && hasRoutes ? [...own, ...checkClaims(scope, services, claimed)] : [];
        });
}

function checkOwn(scope: ServiceScope, services: Services): Problem[] {
    const { config } = scope;
    const empty = [config, ...config.routes].flatMap((route, index) =>
        checkNotEmpty(scope, route, index === 0 ? [] : ["routes", index - 1]),
    );
    const problems = [...empty];
    if (empty.length === 0 && isPublic(config) && claimsOf(scope.name, services).length === 0) {
        const why = config.default === false ? "is false" : "is missing, and there are several services";
        const message = `${why}: the service must name its hosts or its paths, or be the default for all that no route matches`;
        problems.push(solvedBySetting(scope.at("default"), message, "true"));
    }
    problems.push(...checkStrip(scope, config, []));
    problems.push(...config.routes.flatMap((route, index) => checkRoute(scope, route, index)));
    return problems;
}

function checkRoute(scope: ServiceScope, route: RouteConfig, index: number): Problem[] {
    const at: ConfigPath = ["routes", index];
    const headers = Object.keys(route.headers ?? {}).length;
    if (headers > mostHeaders) {
        const message = `asks for ${headers} headers, but a route can ask for ${mostHeaders} at most`;
        return [solvedByRemoving(scope.at(...at, "headers"), message)];
    }
    if (route.hosts === undefined && !namesPaths(route) && headers === 0) {
        const message = "names neither hosts, paths nor headers: for all that no route matches there is default: true";
        return [{ path: scope.at(...at), message, fix: setCommand(scope.at(...at, "hosts", 0), "HOST") }];
    }
    return checkStrip(scope, route, at);
}

function checkStrip(scope: ServiceScope, route: RouteConfig, at: ConfigPath): Problem[] {
    if (!route.stripPath || namesPaths(route)) {
        return [];
    }
    const message = "is true, but there is no path to strip: paths is not set";
    const fix = setCommand(scope.at(...at, "paths", 0), "/PATH");
    return [{ path: scope.at(...at, "stripPath"), message, fix }];
}

function checkNotEmpty(scope: ServiceScope, route: RouteConfig, at: ConfigPath): Problem[] {
    const examples = { hosts: "HOST", paths: "/api" };
    return (["hosts", "paths"] as const)
        .filter(key => route[key]?.length === 0)
        .map(key => {
            const path = scope.at(...at, key);
            const message = "is an empty list, but must name at least one, or be left out";
            return { path, message, fix: `${removeCommand(path)} && ${setCommand([...path, 0], examples[key])}` };
        });
}

/** What a route's place leads to. */
interface ClaimedPlace {
    service: string;
    route: string;
}

/** @param claimed what each place leads to; the claims of this service are added */
function checkClaims(scope: ServiceScope, services: Services, claimed: Map<string, ClaimedPlace>): Problem[] {
    return claimsOf(scope.name, services).flatMap(({ route, key, port }): Problem[] => {
        const place = placeOf(route);
        const text = `${routeText({ ...route, ownPort: undefined })}${port === undefined ? "" : ` (port ${port})`}`;
        const other = claimed.get(place);
        if (other === undefined) {
            claimed.set(place, { service: scope.name, route: text });
            return [];
        }
        if (other.service === scope.name) {
            const message = `takes ${place}, which another route of the service has in another way (${other.route})`;
            return other.route === text ? [] : [solvedByRemoving(scope.at(...key), message)];
        }
        if (key[0] === "default" && scope.config.default === undefined) {
            // It is the only service only because the port of the other one is wrong, which has a problem of its own.
            return [];
        }
        const message =
            place === placeOf(everything)
                ? `takes every request that no other route matches, but so does ${other.service}: only one service can be the default`
                : `takes ${place}, which ${other.service} has already`;
        return [solvedByRemoving(scope.at(...key), message)];
    });
}

/** A background service has no port, hence no routes. */
function getsTraffic({ port }: ServiceConfig): boolean {
    return port !== undefined;
}

/** @returns whether requests of the front's own ports reach the service */
function getsRequests(service: ServiceConfig): boolean {
    return getsTraffic(service) && service.protocol !== "tcp";
}

/** Whether requests come from outside of the stack, unless the service says where. */
function isPublic(service: ServiceConfig): boolean {
    return getsRequests(service) && !service.internal;
}

function namesPaths({ paths }: Pick<RouteKeys, "paths">): boolean {
    return paths.some(path => path !== "/");
}

/** @returns whether the service's own `hosts` and `paths`, the short form, name no route */
function namesNothing(service: Pick<RouteKeys, "hosts" | "paths">): boolean {
    return service.hosts === undefined && !namesPaths(service);
}
