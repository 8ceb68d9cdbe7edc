import { placeOf, type Route, routeText } from "../model/Route";
import type { Handover } from "../plan/handovers";
import type { Routes } from "./Routes";
import type { Up } from "./Up";

/** What a service's routes are to become. */
export interface RouteWish {
    routes: readonly Route[];
    /** Places that other services of the config claim, or give up themselves: this service leaves them alone. */
    claimedByOthers: readonly string[];
    /** They are written also where HAProxy's memory has them: its file may not. @default only where it has not */
    reroutes?: true;
    /** Places that others give up for routes of this service. */
    handovers: readonly Handover[];
}

/** Brings the service's routes to what the config says. Does nothing where they are as it says. */
export async function route(up: Up, { routes, reroutes, claimedByOthers, handovers }: RouteWish): Promise<void> {
    const { routes: held } = (await up.look()).service;
    const isClaimed = (route: Route) => claimedByOthers.includes(placeOf(route));
    const gone = held.filter(route => !isIn(routes, route) && !isClaimed(route));
    if (!reroutes && gone.length === 0 && routes.every(route => isIn(held, route))) {
        return;
    }
    up.progress.status(`routes: ${routes.map(routeText).join(", ")}`);
    await up.journal.enter("link: routes");
    await takeRoutes(up, routes, claimedByOthers);
    await endHandovers(up, handovers);
    await up.journal.record(record => ({ ...record, routes: [...routes] }));
}

/**
 * Notes in the service's own routes which of them are to have a port of their own, before the link moves to the release that says
 * which. The release that is live says nothing of it and gets the requests as before. So port and release change in one switch.
 */
export async function notePorts(up: Up, routes: readonly Route[], held: readonly Route[]): Promise<void> {
    const wanted = new Set(routes.filter(({ ownPort }) => ownPort).map(placeOf));
    const noted = held
        .filter(route => !route.ownPort && wanted.has(placeOf(route)))
        .map((route): Route => ({ ...route, ownPort: true }));
    if (noted.length > 0) {
        await up.journal.enter("link: routes");
        await up.front.routes.write(noted, () => false);
        await up.front.routes.tell(noted);
        const isNoted = (route: Route) => noted.some(other => placeOf(other) === placeOf(route));
        await up.journal.record(record => ({
            ...record,
            routes: record.routes.map(route => (isNoted(route) ? { ...route, ownPort: true } : route)),
        }));
    }
}

/**
 * Takes routes by overwriting the service that had them, so that no request is without a service for a moment, and removes
 * the service's other routes. A route that another service claims is left alone: that service takes it, once its own link
 * is confirmed.
 */
export async function takeRoutes(up: Up, routes: readonly Route[], claimedByOthers: readonly string[]): Promise<void> {
    const kept = new Set([...routes.map(placeOf), ...claimedByOthers]);
    const isGivenUp = (route: Route) => !kept.has(placeOf(route));
    await up.front.routes.write(routes, isGivenUp);
    await up.front.routes.tell(routes);
    await forget(up.front.routes, isGivenUp);
}

/** Removes every route that leads to the service. */
export async function removeRoutes(up: Up): Promise<void> {
    await giveUp(up.front.routes, () => true);
}

async function giveUp(routes: Routes, isGivenUp: (route: Route) => boolean): Promise<void> {
    await routes.write([], isGivenUp);
    await forget(routes, isGivenUp);
}

/**
 * Another service may have written such a route into the file again, because users reached this one by it until now
 * ({@link Routes.write}). So the file is looked at once more.
 */
async function forget(routes: Routes, isGivenUp: (route: Route) => boolean): Promise<void> {
    if (await routes.forget(isGivenUp)) {
        await routes.write([], isGivenUp);
    }
}

/**
 * Ends places of other services that this one's routes have replaced, where every service that gets their requests has its
 * own. The service that comes last does so. Where another `up` has taken one away meanwhile, the place stays.
 */
async function endHandovers(up: Up, handovers: readonly Handover[]): Promise<void> {
    for (const { place, from, after, beside } of handovers) {
        if (await up.front.routes.lead({ ...beside, ...after })) {
            const isPlace = (route: Route) => placeOf(route) === place;
            await giveUp(up.front.routes.of(from), isPlace);
        }
    }
}

function isIn(routes: readonly Route[], route: Route): boolean {
    return routes.some(other => routeText(other) === routeText(route));
}
