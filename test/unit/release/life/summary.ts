import { routeText } from "../../../../model/Route";
import type { SimulatedWorld } from "./SimulatedWorld";

/** All that matters of how it ended, with or without how far its release is judged. */
export function summary(world: SimulatedWorld, isJudged = true): string {
    const { name: _, blue, green, generation: _generation, hooks: _hooks, lost: _lost, ...service } = world.observe();
    const color = ({ release, replicas, running, ready, strays }: typeof blue) => {
        const { id, proved, linked, promotion } = release ?? {};
        return {
            id,
            proved,
            ...(isJudged ? { linked } : {}),
            promotion,
            replicas,
            running,
            ready,
            strays: strays.length,
        };
    };
    const routes = service.routes.map(routeText).sort();
    const intent = isJudged || service.intent?.kind !== "bake" ? service.intent : undefined;
    const text = JSON.stringify({ ...service, intent, routes, blue: color(blue), green: color(green) });
    // What was linked was proved once, and is proved again before it is linked anew.
    return text.replace(/"proved":false,"linked":true/g, '"proved":true,"linked":true');
}
