import { canForget, canLeadTo } from "../../../front/softStopped";
import { parseRouteEntry, parseRoutes, routeKey, routeValue } from "../../../haproxy/routes";
import type { Worker } from "../../../model/FrontState";
import { placeOf, type Route } from "../../../model/Route";
import type { World } from "../../../model/World";
import type { Routes } from "../../../up/Routes";
import type { Held } from "./SimulatedHaproxy";
import type { SimulatedUp } from "./SimulatedUp";

/** The routes of one service in HAProxy's files and in its memory. */
export class SimulatedRoutes implements Routes {
    constructor(
        private readonly up: SimulatedUp,
        private readonly service: string,
    ) {}

    of(service: string): Routes {
        return new SimulatedRoutes(this.up, service);
    }

    async write(taken: readonly Route[], isGivenUp: (route: Route) => boolean): Promise<void> {
        const { files } = this.up.world.front;
        if (taken.length === 0 && !this.#has(files.routes, isGivenUp)) {
            return;
        }
        await this.up.configure(({ routes }) => {
            this.#take(routes, taken);
            const reached = this.up.world.front.memory?.routes;
            if (this.#giveUp(routes, isGivenUp, reached)) {
                this.#keep(routes, isGivenUp, reached);
            }
        });
    }

    async tell(taken: readonly Route[]): Promise<void> {
        const { memory } = this.up.world.front;
        if (taken.length > 0 && memory?.link === "none") {
            this.up.broke(`rule 6: requests come to ${this.service}, which is linked to no color`);
        }
        if (memory !== undefined) {
            this.up.guard();
            const able = this.#old((worker, world) => canLeadTo(worker, world, this.service));
            for (const { routes } of [memory, ...able]) {
                this.#take(routes, taken);
            }
            await this.up.called();
        }
    }

    async forget(isGivenUp: (route: Route) => boolean): Promise<boolean> {
        const { memory } = this.up.world.front;
        let hadOne = false;
        if (memory !== undefined) {
            this.up.guard();
            const read = this.up.world.read();
            const [, ...old] = read.front?.workers ?? [];
            hadOne = this.#giveUp(memory.routes, isGivenUp);
            for (const [index, { held }] of this.up.world.front.old.entries()) {
                const isForgettable = canForget(old[index]!, read);
                const isForgotten = (route: Route) => isGivenUp(route) && isForgettable(route);
                hadOne = this.#giveUp(held.routes, isForgotten) || hadOne;
            }
            await this.up.called();
        }
        return hadOne;
    }

    #has(routes: Record<string, string>, isWanted: (route: Route) => boolean): boolean {
        return Object.entries(routes).some(([key, value]) => {
            const found = this.#routeOf(key, value);
            return found !== undefined && isWanted(found);
        });
    }

    async lead(takers: Readonly<Record<string, string>>): Promise<boolean> {
        const { files, memory } = this.up.world.front;
        return [files.routes, memory?.routes ?? {}].every(routes => {
            const found = parseRoutes(new Map(Object.entries(routes)));
            return Object.entries(takers).every(([place, taker]) =>
                found.some(({ route, service }) => service === taker && placeOf(route) === place),
            );
        });
    }

    /** What those workers hold that a reload has replaced and that are able to follow. */
    #old(isAble: (worker: Worker, world: World) => boolean): Held[] {
        const { world } = this.up;
        const read = world.read();
        const [, ...old] = read.front?.workers ?? [];
        return world.front.old.filter((_, index) => isAble(old[index]!, read)).map(({ held }) => held);
    }

    #take(routes: Record<string, string>, taken: readonly Route[]): void {
        for (const route of taken) {
            routes[routeKey(route)] = routeValue(route, this.service);
        }
    }

    /**
     * @param reached the map by which users reach other services. @default the routes themselves
     * @returns whether there was one
     */
    #giveUp(
        routes: Record<string, string>,
        isGivenUp: (route: Route) => boolean,
        reached: Record<string, string> = routes,
    ): boolean {
        let hadOne = false;
        for (const [key, value] of Object.entries(routes)) {
            const found = this.#routeOf(key, value);
            if (found === undefined || !isGivenUp(found)) {
                continue;
            }
            hadOne = true;
            delete routes[key];
            const now = reached[key];
            if (now !== undefined && this.#routeOf(key, now) === undefined) {
                routes[key] = now;
            }
        }
        return hadOne;
    }

    /** The file gets routes again that stay, and that only the memory has. */
    #keep(
        routes: Record<string, string>,
        isGivenUp: (route: Route) => boolean,
        reached: Record<string, string> = {},
    ): void {
        for (const [key, value] of Object.entries(reached)) {
            const found = this.#routeOf(key, value);
            if (found !== undefined && !isGivenUp(found)) {
                routes[key] ??= value;
            }
        }
    }

    /** @returns the route of an entry of the map that leads to this service */
    #routeOf(key: string, value: string): Route | undefined {
        const { service, route } = parseRouteEntry([key, value]);
        return service === this.service ? route : undefined;
    }
}
