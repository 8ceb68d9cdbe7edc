import { readMap, removeMapEntry, writeMapEntry } from "../haproxy/maps";
import { parseRouteEntry, parseRoutes, routeKey, routeValue } from "../haproxy/routes";
import { assertEveryWorker } from "../haproxy/WorkerResult";
import { placeOf, type Route } from "../model/Route";
import { currentWorkers } from "../model/World";
import type { Routes } from "../up/Routes";
import type { FrontAccess } from "./FrontAccess";
import { followRoutes } from "./listenerFiles";
import { canForget, canLeadTo } from "./softStopped";

/** The routes of one service in HAProxy on the Docker host. */
export class ServiceRoutes implements Routes {
    constructor(
        private readonly access: FrontAccess,
        private readonly service: string,
    ) {}

    of(service: string): Routes {
        return new ServiceRoutes(this.access, service);
    }

    async write(taken: readonly Route[], isGivenUp: (route: Route) => boolean): Promise<void> {
        const { access } = this;
        // The change below is made to the files as they are once HAProxy has been asked, so it reads them again.
        const given = this.#keysIn(readMap(await access.readFiles(), "routes"), isGivenUp);
        if (given.length === 0 && taken.length === 0) {
            return;
        }
        const reached = given.length === 0 ? new Map<string, string>() : await this.#reached();
        const others = this.#othersIn(reached);
        const staying = this.#keysIn(reached, route => !isGivenUp(route));
        await access.configure(files => {
            for (const route of taken) {
                writeMapEntry(files, "routes", routeKey(route), routeValue(route, this.service));
            }
            for (const key of this.#keysIn(readMap(files, "routes"), isGivenUp)) {
                const value = others.get(key);
                if (value === undefined) {
                    removeMapEntry(files, "routes", key);
                } else {
                    writeMapEntry(files, "routes", key, value);
                }
            }
            const written = readMap(files, "routes");
            for (const key of staying.filter(key => !written.has(key))) {
                writeMapEntry(files, "routes", key, reached.get(key) as string);
            }
            followRoutes(files);
            return files;
        });
        await this.#takeBack(new Map([...others].filter(([key]) => given.includes(key))));
    }

    /** Removes what {@link write} has given back to other services and they have given up meanwhile. */
    async #takeBack(given: ReadonlyMap<string, string>): Promise<void> {
        const now = given.size === 0 ? given : this.#othersIn(await this.#reached());
        const ended = [...given].filter(([key, value]) => now.get(key) !== value);
        if (ended.length > 0) {
            await this.access.configure(files => {
                const written = readMap(files, "routes");
                for (const [key] of ended.filter(([key, value]) => written.get(key) === value)) {
                    removeMapEntry(files, "routes", key);
                }
                followRoutes(files);
                return files;
            });
        }
    }

    async tell(taken: readonly Route[]): Promise<void> {
        const { access, service } = this;
        const world = await access.observe([service]);
        const workers = (world.front?.workers ?? []).filter(worker => canLeadTo(worker, world, service));
        for (const [key, value] of taken.map(route => [routeKey(route), routeValue(route, service)] as const)) {
            const others = workers.filter(({ routes }) => routes.get(key) !== value);
            assertEveryWorker(`the route ${key}`, await access.runtime.setMap(others, "routes", key, value));
        }
    }

    async forget(isGivenUp: (route: Route) => boolean): Promise<boolean> {
        const { access } = this;
        const world = await access.observe([]);
        let hadOne = false;
        for (const worker of world.front?.workers ?? []) {
            const isForgettable = canForget(worker, world);
            const isForgotten = (route: Route) => isGivenUp(route) && isForgettable(route);
            for (const key of this.#keysIn(worker.routes, isForgotten)) {
                const deleted = await access.runtime.deleteMapEntry([worker], "routes", key);
                assertEveryWorker(`the end of the route ${key}`, deleted);
                hadOne = true;
            }
        }
        return hadOne;
    }

    async lead(takers: Readonly<Record<string, string>>): Promise<boolean> {
        const workers = currentWorkers((await this.access.observe([])).front);
        const maps = [readMap(await this.access.readFiles(), "routes"), ...workers.map(({ routes }) => routes)];
        const leadsTo = (routes: ReadonlyMap<string, string>, [place, service]: [string, string]) =>
            parseRoutes(routes).some(found => found.service === service && placeOf(found.route) === place);
        return Object.entries(takers).every(taker => maps.every(routes => leadsTo(routes, taker)));
    }

    /** @returns the map in HAProxy's memory, by which users reach the services */
    async #reached(): Promise<ReadonlyMap<string, string>> {
        const [worker] = currentWorkers((await this.access.observe([])).front);
        return worker?.routes ?? new Map();
    }

    /** @returns entries that lead to other services */
    #othersIn(entries: ReadonlyMap<string, string>): Map<string, string> {
        const others = new Map(entries);
        for (const key of this.#keysIn(others, () => true)) {
            others.delete(key);
        }
        return others;
    }

    /** @returns the map's keys of this service's wanted routes, spelled as in the map */
    #keysIn(entries: ReadonlyMap<string, string>, isWanted: (route: Route) => boolean): string[] {
        return [...entries]
            .filter(entry => {
                const { service, route } = parseRouteEntry(entry);
                return service === this.service && isWanted(route);
            })
            .map(([key]) => key);
    }
}
