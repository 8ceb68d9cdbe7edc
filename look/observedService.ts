import type { ObservedService } from "../model/ObservedService";
import { recordOf } from "../model/Records";
import type { World } from "../model/World";
import { observedColor } from "./observedColor";
import { observedLink } from "./observedLink";
import { halfWrittenRoutes, observedRoutes } from "./observedRoutes";

/** Services that were asked for before. A plan of many services asks for each of them several times. */
const known = new WeakMap<World, Map<string, ObservedService>>();

/** @returns one service of the world, as the plan needs it. */
export function observedService(world: World, name: string): ObservedService {
    const services = known.get(world) ?? new Map<string, ObservedService>();
    known.set(world, services);
    const service = services.get(name) ?? observe(world, name);
    services.set(name, service);
    return service;
}

function observe(world: World, name: string): ObservedService {
    const record = recordOf(world.records, name);
    const colors = { blue: observedColor(world, name, "blue"), green: observedColor(world, name, "green") };
    return {
        ...observedLink(world, name, colors),
        ...colors,
        name,
        confirmed: record.link.live,
        generation: world.generations.at(-1)?.name,
        stable: record.stable,
        intent: record.intent,
        judgedBad: record.judgedBad,
        routes: observedRoutes(world, name),
        halfWritten: halfWrittenRoutes(world, name),
        promotions: record.promotions,
        hooks: record.hooks,
    };
}
