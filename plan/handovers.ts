import type { ObservedService } from "../model/ObservedService";
import { placeOf, placesOverlap } from "../model/Route";

/** The service that has, or wants, each place (`placeOf` a route). */
export interface Places {
    held: Readonly<Record<string, string>>;
    /**
     * Places that only HAProxy's memory has, or only its file, because an `up` died between the two. A reload of the same `up` may
     * end a held one. So the service that wants it takes it again, as one that it does not have.
     * @default there are none
     */
    halfWritten?: readonly string[];
    wanted: Readonly<Record<string, string>>;
}

type Observed = Pick<ObservedService, "name" | "routes" | "halfWritten">;

/** @returns the places of all services, as HAProxy has them. */
export function placesIn(services: readonly Observed[]): Omit<Places, "wanted"> {
    return {
        held: Object.fromEntries(services.flatMap(({ name, routes }) => routes.map(route => [placeOf(route), name]))),
        halfWritten: services.flatMap(({ halfWritten = [] }) => halfWritten.map(placeOf)),
    };
}

/** Whether a service has a place, and still has it after a reload. */
function has({ held, halfWritten = [] }: Places, service: string, place: string): boolean {
    return held[place] === service && !halfWritten.includes(place);
}

/**
 * A place that one service gives up while other services take its requests by wider or narrower places of their own:
 * `shop.example.com` for `*.example.com`, `/api` for `/api/v2`. The place has to stay until all of those are taken, and until
 * the service has taken its own new ones. Without it, the requests in between would reach no service.
 */
export interface Handover {
    place: string;
    /** The service that gives the place up. */
    from: string;
    /** The places that have to be taken before, and the services that take them. At least one is another service. */
    after: Record<string, string>;
    /** The places that get its requests too, and the services that have them already, when the plan is made. */
    beside: Record<string, string>;
}

/** @returns the handovers of one `up`. The service that takes the last of the places ends a handover. */
export function handovers(places: Places): Handover[] {
    const { held, wanted } = places;
    return Object.entries(held)
        .filter(([place]) => wanted[place] === undefined)
        .map(([place, from]) => {
            const takers = Object.entries(wanted).filter(([other]) => placesOverlap(place, other));
            const isHad = ([other, taker]: [string, string]) => has(places, taker, other);
            const after = Object.fromEntries(takers.filter(taker => !isHad(taker)));
            return { place, from, after, beside: Object.fromEntries(takers.filter(isHad)) };
        })
        .filter(({ from, after }) => Object.values(after).some(taker => taker !== from));
}

/**
 * @returns places that get requests of what a service gives up, and the other services that have these places already. A
 * handover waits for places that are still to be taken.
 */
export function standIns(places: Places, service: string): Record<string, string> {
    const { held, wanted } = places;
    const given = Object.keys(held).filter(place => held[place] === service && wanted[place] === undefined);
    const others = Object.entries(wanted).filter(([place, other]) => other !== service && has(places, other, place));
    return Object.fromEntries(others.filter(([place]) => given.some(one => placesOverlap(one, place))));
}
