import { everything, placeOf, type Route } from "../model/Route";
import type { ConfigPath } from "./ConfigPath";
import { removeCommand, setCommand } from "./configCommands";
import { type Problem, solvedByRemoving, solvedBySetting } from "./Problem";
import { type IsSound, ServiceScope } from "./ServiceScope";
import type { ServiceConfig, StackConfig } from "./schema";

/** One route of a service, and the key of the config that it comes from. */
interface Claim {
    route: Route;
    /** Below the service: `["hosts", 0]`. */
    key: ConfigPath;
}

type Services = StackConfig["services"];
type RouteKeys = Pick<ServiceConfig, "hosts" | "paths" | "stripPath" | "default">;

/** The keys that set a service's routes. */
const routeKeys = ["hosts", "paths", "stripPath", "default"] as const;

/**
 * @returns the routes of a service: each of its hosts with each of its paths, and everything else for the default one
 */
export function routesOf(name: string, services: Services): Route[] {
    const routes = getsRequests(services[name]!) ? claimsOf(name, services).map(({ route }) => route) : [];
    return [...new Map(routes.map(route => [placeOf(route), route])).values()];
}

function claimsOf(name: string, services: Services): Claim[] {
    const service = services[name]!;
    const { hosts, paths, stripPath } = service;
    const routeTo = (host: string, path: string): Route => ({ host, path, strip: stripPath && path !== "/" });
    const claims = (hosts ?? []).flatMap((host, index): Claim[] =>
        paths.map(path => ({ route: routeTo(host, path), key: ["hosts", index] })),
    );
    if (hosts === undefined && namesPaths(service)) {
        claims.push(...paths.map((path, index) => ({ route: routeTo("*", path), key: ["paths", index] })));
    }
    const isOnly = Object.values(services).filter(getsRequests).length === 1;
    if (service.default ?? (namesNothing(service) && isOnly)) {
        claims.push({ route: everything, key: ["default"] });
    }
    return claims;
}

/**
 * @returns what is wrong with the routes of all services: each service has one, and no two services have the same one
 */
export function checkRoutes({ services }: StackConfig, isSound: IsSound): Problem[] {
    const claimed = new Map<string, string>();
    return Object.keys(services)
        .sort()
        .flatMap(name => {
            const scope = new ServiceScope(name, services[name]!, isSound);
            const isKnown = routeKeys.every(key => scope.isSound(key));
            const hasRoutes = getsRequests(scope.config) || !scope.isSound("port");
            return isKnown && hasRoutes ? [...checkOwn(scope, services), ...checkClaims(scope, services, claimed)] : [];
        });
}

function checkOwn(scope: ServiceScope, services: Services): Problem[] {
    const { config } = scope;
    const empty = [...checkNotEmpty(scope, "hosts", "HOST"), ...checkNotEmpty(scope, "paths", "/api")];
    const problems = [...empty];
    if (empty.length === 0 && getsRequests(config) && claimsOf(scope.name, services).length === 0) {
        const why = config.default === false ? "is false" : "is missing, and there are several services";
        const message = `${why}: the service must name its hosts or its paths, or be the default for all that no route matches`;
        problems.push(solvedBySetting(scope.at("default"), message, "true"));
    }
    if (config.stripPath && !namesPaths(config)) {
        const message = "is true, but there is no path to strip: paths is not set";
        problems.push({ path: scope.at("stripPath"), message, fix: setCommand(scope.at("paths", 0), "/PATH") });
    }
    return problems;
}

function checkNotEmpty(scope: ServiceScope, key: "hosts" | "paths", example: string): Problem[] {
    if (scope.config[key]?.length !== 0) {
        return [];
    }
    const path = scope.at(key);
    const message = "is an empty list, but must name at least one, or be left out";
    return [{ path, message, fix: `${removeCommand(path)} && ${setCommand([...path, 0], example)}` }];
}

/** @param claimed which service claims which place; the claims of this service are added */
function checkClaims(scope: ServiceScope, services: Services, claimed: Map<string, string>): Problem[] {
    return claimsOf(scope.name, services).flatMap(({ route, key }): Problem[] => {
        const place = placeOf(route);
        const other = claimed.get(place);
        if (other === undefined || other === scope.name) {
            claimed.set(place, scope.name);
            return [];
        }
        if (key[0] === "default" && scope.config.default === undefined) {
            // It is the only service only because the port of the other one is wrong, which has a problem of its own.
            return [];
        }
        const message =
            place === placeOf(everything)
                ? `takes every request that no other route matches, but so does ${other}: only one service can be the default`
                : `takes ${place}, which ${other} has already`;
        return [solvedByRemoving(scope.at(...key), message)];
    });
}

/** A background service has no port, hence no routes. */
function getsRequests({ port }: ServiceConfig): boolean {
    return port !== undefined;
}

function namesPaths({ paths }: Pick<RouteKeys, "paths">): boolean {
    return paths.some(path => path !== "/");
}

function namesNothing(service: RouteKeys): boolean {
    return service.hosts === undefined && !namesPaths(service);
}
