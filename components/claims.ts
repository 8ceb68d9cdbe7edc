import { observedService } from "../look/observedService";
import { isOwn } from "../model/ownership";
import type { ServiceRecord } from "../model/Record";
import { everything, placeOf, type Route } from "../model/Route";
import type { Settings } from "../model/Settings";
import type { Target } from "../model/Target";
import type { World } from "../model/World";
import type { Problem } from "../settings/Problem";

/** A service of another stack on the same front. */
interface Other {
    service: string;
    /** `project/stack`. */
    stack: string;
}

/** @returns names, and hosts and paths, that a service of the config shares with a service of another stack on the front */
export function claimedTwice({ services }: Pick<Settings, "services">, target: Target, world: World): Problem[] {
    const others = [...world.records.services.values()].filter(record => !isOwn(record, target));
    const of = ({ service, stack = world.owner ?? "" }: ServiceRecord): Other => ({ service, stack });
    const names = new Map(others.map(record => [record.service, of(record)]));
    const held = others.flatMap(record => routesOf(record, world).map(route => ({ route, holder: of(record) })));
    return services.flatMap(({ name, routes }) => {
        const path = ["services", name];
        const namesake = names.get(name);
        if (namesake !== undefined) {
            const message = `has the name of a service of the stack ${namesake.stack} on the front ${target.front}, where a name is there once`;
            return [{ path, message, fix: `give the service another name, such as ${target.stack}-${name}` }];
        }
        return routes.flatMap((route): Problem[] => {
            const holder = held.find(other => excludes(other.route, route))?.holder;
            return holder === undefined
                ? []
                : [{ path, message: takes(placeOf(route), holder, target.front), fix: waysOut(holder) }];
        });
    });
}

/** @returns what leads to a service in HAProxy's memory, in its file or by the record */
function routesOf({ service, routes: recorded }: ServiceRecord, world: World): Route[] {
    const { routes, halfWritten = [] } = observedService(world, service);
    return [...routes, ...halfWritten, ...recorded];
}

/** A service without SNI has its whole port: the listener asks either every client for a host, or none. */
function excludes(one: Route, other: Route): boolean {
    const isWholePort = one.tcpPort !== undefined && (one.host === "*" || other.host === "*");
    return placeOf(one) === placeOf(other) || (isWholePort && one.tcpPort === other.tcpPort);
}

function takes(place: string, { service, stack }: Other, front: string): string {
    const what = place === placeOf(everything) ? "every request that no other route matches" : place;
    return `takes ${what}, which the service ${service} of the stack ${stack} has already on the front ${front}`;
}

function waysOut({ service, stack }: Other): string {
    return `choose other hosts or paths, or take them from ${service} first, by pulumi up in the stack ${stack}`;
}
