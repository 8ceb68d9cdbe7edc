import { everything, placeOf, type Route } from "../model/Route";
import type { IsSound } from "./checking";
import { type ConfigPath, type Problem, removeCommand, setCommand } from "./Problem";
import type { ServiceConfig, StackConfig } from "./schema";

/** One route of a service, and the key of the config that it comes from. */
interface Claim {
    route: Route;
    /** Below the service: `["hosts", 0]`. */
    key: ConfigPath;
}

type Services = StackConfig["services"];
type RouteKeys = Pick<ServiceConfig, "hosts" | "paths" | "stripPath" | "default">;

/** Where a service's routes are set. */
const routeKeys = ["hosts", "paths", "stripPath", "default"] as const;

/** The routes that a service asks for: each of its hosts with each of its paths, and everything else for the default. */
export function routesOf(name: string, services: Services): Route[] {
    const routes = isReached(services[name]!) ? claimsOf(name, services).map(({ route }) => route) : [];
    return [...new Map(routes.map(route => [placeOf(route), route])).values()];
}

function claimsOf(name: string, services: Services): Claim[] {
    const service = services[name]!;
    const { hosts, paths, stripPath } = service;
    const claims = (hosts ?? []).flatMap((host, index): Claim[] =>
        paths.map(path => ({ route: { host, path, strip: stripPath && path !== "/" }, key: ["hosts", index] })),
    );
    if (hosts === undefined && namesPaths(service)) {
        paths.forEach((path, index) => {
            claims.push({ route: { host: "*", path, strip: stripPath && path !== "/" }, key: ["paths", index] });
        });
    }
    if (service.default ?? (namesNothing(service) && Object.values(services).filter(isReached).length === 1)) {
        claims.push({ route: everything, key: ["default"] });
    }
    return claims;
}

/** What must hold for the routes of all services: each has one, and no place belongs to two. */
export function checkRoutes({ services }: StackConfig, isSound: IsSound): Problem[] {
    const claimed = new Map<string, string>();
    return Object.keys(services)
        .sort()
        .flatMap(name => {
            const at = (key: ConfigPath): ConfigPath => ["services", name, ...key];
            const isKnown = routeKeys.every(key => isSound(...at([key])));
            const hasRoutes = isReached(services[name]!) || !isSound(...at(["port"]));
            return isKnown && hasRoutes
                ? [...checkOwn(name, services, at), ...checkClaims(name, services, claimed, at)]
                : [];
        });
}

type At = (key: ConfigPath) => ConfigPath;

function checkOwn(name: string, services: Services, at: At): Problem[] {
    const service = services[name]!;
    const problems: Problem[] = [];
    for (const [key, word] of [
        ["hosts", "HOST"],
        ["paths", "/api"],
    ] as const) {
        if (service[key]?.length === 0) {
            const fix = `${removeCommand(at([key]))} && ${setCommand(at([key, 0]), word)}`;
            problems.push({
                path: at([key]),
                message: "is an empty list, but must name at least one, or be left out",
                fix,
            });
        }
    }
    if (problems.length === 0 && isReached(service) && claimsOf(name, services).length === 0) {
        const why = service.default === false ? "is false" : "is missing, and there are several services";
        problems.push({
            path: at(["default"]),
            message: `${why}: the service must name its hosts or its paths, or be the default for all that no route matches`,
            fix: setCommand(at(["default"]), "true"),
        });
    }
    if (service.stripPath && !namesPaths(service)) {
        const message = "is true, but there is no path to strip: paths is not set";
        problems.push({ path: at(["stripPath"]), message, fix: setCommand(at(["paths", 0]), "/PATH") });
    }
    return problems;
}

function checkClaims(name: string, services: Services, claimed: Map<string, string>, at: At): Problem[] {
    return claimsOf(name, services).flatMap(({ route, key }): Problem[] => {
        const place = placeOf(route);
        const other = claimed.get(place);
        if (other === undefined || other === name) {
            claimed.set(place, name);
            return [];
        }
        const path = at(key);
        if (key[0] === "default" && services[name]?.default === undefined) {
            // It is the only one just because the other one's port is wrong, which is said there.
            return [];
        }
        const message =
            place === placeOf(everything)
                ? `takes every request that no other route matches, but so does ${other}: only one service can be the default`
                : `takes ${place}, which ${other} has already`;
        return [{ path, message, fix: removeCommand(path) }];
    });
}

/** A service without a port, a worker, has no routes. */
function isReached({ port }: ServiceConfig): boolean {
    return port !== undefined;
}

function namesPaths({ paths }: Pick<RouteKeys, "paths">): boolean {
    return paths.some(path => path !== "/");
}

function namesNothing(service: RouteKeys): boolean {
    return service.hosts === undefined && !namesPaths(service);
}
