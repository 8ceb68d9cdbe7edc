import { overlap } from "../model/Route";

/** The service that has, or wants, each place (`placeOf` a route). */
export interface Places {
    held: Readonly<Record<string, string>>;
    wanted: Readonly<Record<string, string>>;
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
}

/** @returns the handovers of one `up`. The service that takes the last of the places ends a handover. */
export function handovers({ held, wanted }: Places): Handover[] {
    return Object.entries(held)
        .filter(([place]) => wanted[place] === undefined)
        .map(([place, from]) => ({
            place,
            from,
            after: Object.fromEntries(
                Object.entries(wanted).filter(([other, taker]) => held[other] !== taker && overlap(place, other)),
            ),
        }))
        .filter(({ from, after }) => Object.values(after).some(taker => taker !== from));
}

/**
 * @returns places that get requests of what a service gives up, and the other services that have these places already. A
 * handover waits for places that are still to be taken.
 */
export function standIns({ held, wanted }: Places, service: string): Record<string, string> {
    const given = Object.keys(held).filter(place => held[place] === service && wanted[place] === undefined);
    const others = Object.entries(wanted).filter(([place, other]) => other !== service && held[place] === other);
    return Object.fromEntries(others.filter(([place]) => given.some(one => overlap(one, place))));
}
