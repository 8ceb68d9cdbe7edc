import type { ObservedService } from "../model/ObservedService";
import { placeOf, type Route, routeText, sameRoutes } from "../model/Route";
import type { Desired } from "./Desired";
import { handovers } from "./handovers";

/** What becomes of a service's routes. */
export interface Rerouting {
    /** Those that it will have after this `up`. */
    routes: Route[];
    /** Whether its own link has anything to do for that. One that another service takes is that one's work. */
    act: boolean;
    /** For the plan's sentence; none where nothing changes. */
    words: string[];
}

/** Compares the routes that a service has with those that it shall have. */
export function rerouting(
    { name, routes: held }: ObservedService,
    desired: Pick<Desired, "routes" | "places">,
): Rerouting {
    const { routes: wanted, places } = desired;
    if (sameRoutes(held, wanted)) {
        return { routes: held, act: false, words: [] };
    }
    const added = without(wanted, held);
    const kept = new Set(wanted.map(placeOf));
    const lost = held.filter(route => !kept.has(placeOf(route)));
    const passed = new Map(handovers(places).map(({ place, after }) => [place, [...new Set(Object.values(after))]]));
    const takers = (route: Route) => {
        const taker = places.wanted[placeOf(route)];
        return taker === undefined ? passed.get(placeOf(route)) : [taker];
    };
    const taken = lost.filter(route => takers(route) !== undefined);
    const removed = lost.filter(route => !taken.includes(route));
    const from = (place: string) => {
        const holder = places.held[place];
        return holder === undefined || holder === name ? "" : ` from ${holder}`;
    };
    return {
        routes: wanted,
        act: added.length + removed.length > 0,
        words: [
            ...(added.length > 0
                ? [`takes ${list(added.map(route => `${routeText(route)}${from(placeOf(route))}`))}`]
                : []),
            ...(removed.length > 0 ? [`gives up ${list(removed.map(routeText))}`] : []),
            ...(taken.length > 0
                ? [`leaves ${list(taken.map(route => `${routeText(route)} to ${takers(route)?.join(" and ")}`))}`]
                : []),
        ],
    };
}

function without(some: readonly Route[], others: readonly Route[]): Route[] {
    const texts = new Set(others.map(routeText));
    return some.filter(route => !texts.has(routeText(route)));
}

/** The place `*` means nothing to a newcomer. */
function list(texts: string[]): string {
    return texts.map(text => text.replace(/^\*(?=$| )/, "all other requests")).join(", ");
}
