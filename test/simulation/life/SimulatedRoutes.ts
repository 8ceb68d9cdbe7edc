import { parseRoutes, routeKey, routeValue } from "../../../haproxy/routes";
import type { Route } from "../../../model/Route";
import type { Routes } from "../../../up/Routes";
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
        await this.up.configure(({ routes }) => {
            this.#take(routes, taken);
            this.#giveUp(routes, isGivenUp);
        });
    }

    async tell(taken: readonly Route[]): Promise<void> {
        const { memory } = this.up.world.front;
        if (taken.length > 0 && memory?.link === "none") {
            this.up.broke(`rule 6: requests come to ${this.service}, which is linked to no color`);
        }
        if (memory !== undefined) {
            this.#take(memory.routes, taken);
            await this.up.called();
        }
    }

    async forget(isGivenUp: (route: Route) => boolean): Promise<void> {
        const { memory } = this.up.world.front;
        if (memory !== undefined) {
            this.#giveUp(memory.routes, isGivenUp);
            await this.up.called();
        }
    }

    async lead(): Promise<boolean> {
        return false;
    }

    #take(routes: Record<string, string>, taken: readonly Route[]): void {
        for (const route of taken) {
            routes[routeKey(route)] = routeValue(route, this.service);
        }
    }

    #giveUp(routes: Record<string, string>, isGivenUp: (route: Route) => boolean): void {
        for (const [key, value] of Object.entries(routes)) {
            const [found] = parseRoutes(new Map([[key, value]]));
            if (found?.service === this.service && isGivenUp(found.route)) {
                delete routes[key];
            }
        }
    }
}
