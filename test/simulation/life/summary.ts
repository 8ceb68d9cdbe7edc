import { parseRoute, placeOf, type Route, routeText } from "../../../model/Route";
import type { SimulatedWorld } from "./SimulatedWorld";

/** All that matters of how it ended, with or without how far its release is judged. */
export function summary(world: SimulatedWorld, isJudged = true): string {
    const { name: _, blue, green, generation: _generation, hooks: _hooks, lost: _lost, ...service } = world.observe();
    const color = ({ release, replicas, running, ready, strays }: typeof blue) => {
        const { id, proved, linked, promotion } = release ?? {};
        return {
            id,
            proved,
            ...(isJudged ? { linked } : {}),
            promotion,
            replicas,
            running,
            ready,
            strays: strays.length,
        };
    };
    const routes = service.routes.map(routeText).sort();
    const intent = isJudged || service.intent?.kind !== "bake" ? service.intent : undefined;
    const text = JSON.stringify({ ...service, intent, routes, blue: color(blue), green: color(green) });
    // What was linked was proved once, and is proved again before it is linked anew.
    return text.replace(/"proved":false,"linked":true/g, '"proved":true,"linked":true');
}

/** The same of what users get, on whichever color. A release that was begun in vain is left out. */
export function served(world: SimulatedWorld, isJudged = true): string {
    const { live, percent, intent, routes, blue, green } = world.observe();
    const sharing = percent > 0 && live !== "none" ? { blue: green, green: blue }[live] : undefined;
    const color = (color?: typeof blue) =>
        color && [color.release?.id, color.release?.proved, color.replicas, color.running, color.ready];
    return JSON.stringify({
        live: live === "none" ? live : color({ blue, green }[live]),
        share: { percent, color: color(sharing) },
        intent: isJudged ? intent?.kind : undefined,
        routes: routes.map(routeText).sort(),
    });
}

/** @returns a summary that says nothing of the routes, also those that are written by half */
export function withoutRoutes(summary: string): string {
    const { halfWritten: _, ...service } = JSON.parse(summary);
    return JSON.stringify({ ...service, routes: [] });
}

/** @returns a summary that says nothing of the containers that a color has too many */
export function withoutSurplus(summary: string): string {
    const { blue, green, ...service } = JSON.parse(summary);
    const color = (of?: { running: number; replicas: number }) =>
        of && { ...of, running: Math.min(of.running, of.replicas) };
    return JSON.stringify({ ...service, blue: color(blue), green: color(green) });
}

/** @returns a summary that does not say whether one color answers in place of the other */
export function withoutFailover(summary: string): string {
    const { failover: _, writtenFailover: __, ...service } = JSON.parse(summary);
    return JSON.stringify(service);
}

/** @returns a summary that says nothing of the routes of some places, and of whether they are written by half. */
export function withoutPlaces(summary: string, places: readonly string[]): string {
    const { routes, halfWritten = [], ...service } = JSON.parse(summary);
    const isKept = (route: Route) => !places.includes(placeOf(route));
    const kept = {
        routes: routes.filter((text: string) => isKept(parseRoute(text))),
        halfWritten: halfWritten.filter(isKept),
    };
    return JSON.stringify({ ...service, ...kept });
}

/** @returns in what one summary differs from another, in words. */
export function difference(found: string, expected: string): string {
    const [one, other] = [leavesOf(JSON.parse(found)), leavesOf(JSON.parse(expected))];
    return [...new Set([...one.keys(), ...other.keys()])]
        .filter(key => one.get(key) !== other.get(key))
        .map(key => `${key} is ${one.get(key) ?? "nothing"} instead of ${other.get(key) ?? "nothing"}`)
        .join(", ");
}

/** Every value that has no parts, by its path: `green.running`. */
function leavesOf(value: unknown, path = ""): Map<string, string> {
    if (typeof value !== "object" || value === null) {
        return new Map([[path, String(value)]]);
    }
    const parts = Object.entries(value).map(([key, part]) => leavesOf(part, path === "" ? key : `${path}.${key}`));
    return new Map(parts.flatMap(part => [...part]));
}
