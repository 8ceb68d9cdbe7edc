import { parseRoute } from "../model/Route";

/** Which service has, or wants, which place (`placeOf` a route). */
export interface Places {
    held: Readonly<Record<string, string>>;
    wanted: Readonly<Record<string, string>>;
}

/**
 * A place that a service gives up while other services get its requests by wider or narrower places of theirs:
 * `shop.example.com` for `*.example.com`, `/api` for `/api/v2`. Were it given up before all of those are taken, requests in
 * between would be nobody's.
 */
export interface Handover {
    place: string;
    /** Who gives it up. */
    from: string;
    /** The places that have to be taken before, and by whom. */
    after: Record<string, string>;
}

/** The handovers of one `up`. Whoever takes the last of the places ends it. */
export function handovers({ held, wanted }: Places): Handover[] {
    return Object.entries(held)
        .filter(([place]) => wanted[place] === undefined)
        .map(([place, from]) => ({
            place,
            from,
            after: Object.fromEntries(
                Object.entries(wanted).filter(
                    ([other, taker]) => taker !== from && held[other] !== taker && overlap(place, other),
                ),
            ),
        }))
        .filter(({ after }) => Object.keys(after).length > 0);
}

/** Whether a request can belong to either place. */
function overlap(one: string, two: string): boolean {
    const [a, b] = [parseRoute(one), parseRoute(two)];
    return (covers(a.host, b.host) || covers(b.host, a.host)) && (isBelow(a.path, b.path) || isBelow(b.path, a.path));
}

/** `*` is every host, and `*.example.com` each with one label more. */
function covers(wide: string, host: string): boolean {
    return wide === "*" || wide === host || wide === host.replace(/^[^.]*/, "*");
}

function isBelow(path: string, root: string): boolean {
    return root === "/" || path === root || path.startsWith(`${root}/`);
}
