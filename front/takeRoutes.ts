import { readMap, removeMapEntry, writeMapEntry } from "../haproxy/maps";
import { parseRoutes, routeKey, routeValue } from "../haproxy/routes";
import { assertEveryWorker } from "../haproxy/runtime";
import type { Worker } from "../model/FrontState";
import { placeOf, type Route } from "../model/Route";
import { currentWorkers } from "../model/World";
import type { Handover } from "../plan/handovers";
import type { Session } from "../providers/Session";
import { canForget, canLeadTo } from "./softStopped";

/**
 * Takes the service's routes by overwriting whoever had them, so that none is without a service for a moment, and removes
 * those that it no longer has. One that another service of the config claims is left alone: that one takes it, once its own
 * link is confirmed. A soft-stopped worker that cannot lead requests to the service goes on with the routes that it has.
 */
export async function takeRoutes(
    session: Session,
    service: string,
    routes: readonly Route[],
    claimedByOthers: readonly string[],
): Promise<void> {
    const wanted = new Map(routes.map(route => [routeKey(route), routeValue(route, service)]));
    const isGivenUp = (route: Route) => !wanted.has(routeKey(route)) && !claimedByOthers.includes(placeOf(route));
    await session.configure(files => {
        for (const [key, value] of wanted) {
            writeMapEntry(files, "routes", key, value);
        }
        for (const key of keysOf(readMap(files, "routes"), service, isGivenUp)) {
            removeMapEntry(files, "routes", key);
        }
        return files;
    });
    const world = await session.observe([service]);
    const workers = (world.front?.workers ?? []).filter(worker => canLeadTo(worker, world, service));
    for (const [key, value] of wanted) {
        const others = workers.filter(({ routes }) => routes.get(key) !== value);
        assertEveryWorker(`the route ${key}`, await session.runtime.setMap(others, "routes", key, value));
    }
    await forget(session, service, isGivenUp);
}

/**
 * Ends places of other services that this one's routes have replaced, where all who get their requests have taken theirs in
 * every worker. Whoever is earlier leaves that to the last one.
 */
export async function endHandovers(session: Session, handovers: readonly Handover[]): Promise<void> {
    const workers = handovers.length === 0 ? [] : currentWorkers((await session.observe([])).front);
    for (const { place, from, after } of handovers) {
        const leadsTo = ({ routes }: Worker, [other, service]: [string, string]) =>
            parseRoutes(routes).some(found => found.service === service && placeOf(found.route) === other);
        if (!Object.entries(after).every(taken => workers.every(worker => leadsTo(worker, taken)))) {
            continue;
        }
        const isPlace = (route: Route) => placeOf(route) === place;
        await session.configure(files => {
            for (const key of keysOf(readMap(files, "routes"), from, isPlace)) {
                removeMapEntry(files, "routes", key);
            }
            return files;
        });
        await forget(session, from, isPlace);
    }
}

/** Removes every route that leads to the service. */
export async function removeRoutes(session: Session, service: string): Promise<void> {
    await session.configure(files => {
        for (const key of keysOf(readMap(files, "routes"), service)) {
            removeMapEntry(files, "routes", key);
        }
        return files;
    });
    await forget(session, service);
}

async function forget(session: Session, service: string, isForgotten?: (route: Route) => boolean): Promise<void> {
    const world = await session.observe([]);
    for (const worker of (world.front?.workers ?? []).filter(worker => canForget(worker, world))) {
        for (const key of keysOf(worker.routes, service, isForgotten)) {
            assertEveryWorker(
                `the end of the route ${key}`,
                await session.runtime.deleteMapEntry([worker], "routes", key),
            );
        }
    }
}

/** Keys of a map, as they are written there, that lead to a service. */
function keysOf(
    entries: ReadonlyMap<string, string>,
    service: string,
    isWanted: (route: Route) => boolean = () => true,
): string[] {
    return [...entries]
        .filter(entry => {
            const [found] = parseRoutes(new Map([entry]));
            return found?.service === service && isWanted(found.route);
        })
        .map(([key]) => key);
}
