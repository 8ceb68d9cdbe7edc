import type { ObservedService } from "../model/ObservedService";
import { placeOf, type Route, routeText, sameRoutes } from "../model/Route";
import type { Desired } from "./Desired";
import { handovers } from "./handovers";

/** What happens to a service's routes. */
export interface Rerouting {
    /** The routes after this `up`. */
    routes: Route[];
    /** Whether its own link changes something. The link of another service takes the routes that go there. */
    act: boolean;
    /** For the plan's sentence. Empty when nothing changes. */
    words: string[];
}

/** Compares the routes that a service has with the wanted ones. */
export function rerouting(service: ObservedService, desired: Pick<Desired, "routes" | "places">): Rerouting {
    const { routes: held, halfWritten = [] } = service;
    const { routes: wanted, places } = desired;
    if (sameRoutes(held, wanted) && halfWritten.length === 0) {
        return { routes: held, act: false, words: [] };
    }
    // What an `up` that died has only written by half is written again.
    const added = without(wanted, without(held, halfWritten));
    const kept = new Set(wanted.map(placeOf));
    const lost = [...held, ...without(halfWritten, held)].filter(route => !kept.has(placeOf(route)));
    const takers = takersOf(places);
    const vain = inVain(service);
    // What only HAProxy's file has of the service can be overwritten, but a handover ends only what its memory has.
    const isOnlyInFile = (route: Route) => without([route], held).length > 0;
    const isClaimed = (place: string) => places.wanted[place] !== undefined && !vain.has(place);
    const taken = lost.filter(route => {
        return isOnlyInFile(route) ? isClaimed(placeOf(route)) : takers(route) !== undefined;
    });
    const removed = lost.filter(route => !taken.includes(route));
    const from = (route: Route) => {
        const holder = places.held[placeOf(route)];
        return holder === undefined || holder === service.name ? "" : ` from ${holder}`;
    };
    const to = (route: Route) => ` to ${takers(route)?.join(" and ")}`;
    return {
        routes: wanted,
        act: added.length + removed.length > 0,
        words: [...phrase("takes", added, from), ...phrase("gives up", removed), ...phrase("leaves", taken, to)],
    };
}

/** @returns places that lead to the service, in HAProxy's memory or in its file. After a reload it has both in its memory. */
export function heldPlaces({ routes, halfWritten = [] }: ObservedService): string[] {
    return [...new Set([...routes, ...halfWritten].map(placeOf))];
}

/**
 * @returns places that others take or end, so that the service leaves them alone. What HAProxy's file has of it in vain, it
 * gives up itself, because the service that claims the place may still wait.
 */
export function claimedByOthers(service: ObservedService, places: Desired["places"]): string[] {
    const { name } = service;
    const vain = inVain(service);
    const passed = handovers(places).filter(({ from }) => from === name);
    const wanted = Object.keys(places.wanted).filter(place => places.wanted[place] !== name);
    return [...wanted, ...passed.map(({ place }) => place)].filter(place => !vain.has(place));
}

/**
 * An `up` died when HAProxy's file had places of a service that its memory does not have.
 * @returns those by which no request comes. Where the file also lacks a place of the memory, they stand for that: after a
 * reload its requests come by them.
 */
function inVain({ routes, halfWritten = [] }: ObservedService): Set<string> {
    const held = new Set(routes.map(placeOf));
    const half = halfWritten.map(placeOf);
    return new Set(half.some(place => held.has(place)) ? [] : half);
}

/** @returns a function that names the services that take a route; undefined when no service does. */
function takersOf(places: Desired["places"]): (route: Route) => string[] | undefined {
    const passed = new Map(
        handovers(places).map(({ place, from, after }) => {
            const others = Object.values(after).filter(taker => taker !== from);
            return [place, [...new Set(others)]];
        }),
    );
    return route => {
        const taker = places.wanted[placeOf(route)];
        return taker === undefined ? passed.get(placeOf(route)) : [taker];
    };
}

function without(some: readonly Route[], others: readonly Route[]): Route[] {
    const texts = new Set(others.map(routeText));
    return some.filter(route => !texts.has(routeText(route)));
}

/** @returns no phrase without routes. The place `*` is written out, since a newcomer does not know it. */
function phrase(verb: string, routes: Route[], detail: (route: Route) => string = () => ""): string[] {
    const texts = routes.map(route => `${routeText(route)}${detail(route)}`);
    const list = texts.map(text => text.replace(/^\*(?=$| (?!if ))/, "all other requests")).join(", ");
    return routes.length === 0 ? [] : [`${verb} ${list}`];
}
