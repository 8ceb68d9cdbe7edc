import { idleColor } from "../../../model/Live";
import { needsScaling } from "../../../plan/capacity";
import type { Plan } from "../../../plan/Plan";
import { linkAfter } from "../../../plan/settle";
import type { SimulatedWorld } from "./SimulatedWorld";

/**
 * An `up` changes the containers of one color. Where the live color had too many beside a release that waits for users, the
 * next `up` removes them.
 */
export function isLeftAlone(before: SimulatedWorld, { link, recovery, ...colors }: Plan): boolean {
    const observed = before.observe();
    // The plan may first finish a switch, and the color that is live then has too many.
    const { live } = linkAfter(observed, recovery);
    if (live === "none" || link.live !== live || colors[live].act) {
        return false;
    }
    const isBrought = colors[idleColor(live)].act || link.walk !== undefined;
    return isBrought && needsScaling(observed[live], observed[live].replicas);
}
