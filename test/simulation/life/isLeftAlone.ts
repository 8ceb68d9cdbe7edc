import { idleColor } from "../../../model/Live";
import { needsScaling } from "../../../plan/capacity";
import type { Plan } from "../../../plan/Plan";
import type { SimulatedWorld } from "./SimulatedWorld";

/**
 * An `up` changes the containers of one color. Where the live color had too many beside a release that waits for users, the
 * next `up` removes them.
 */
export function isLeftAlone(before: SimulatedWorld, { link, ...colors }: Plan): boolean {
    const { live, ...observed } = before.observe();
    if (live === "none" || link.live !== live || colors[live].act) {
        return false;
    }
    const isBrought = colors[idleColor(live)].act || link.walk !== undefined;
    return isBrought && needsScaling(observed[live], observed[live].replicas);
}
