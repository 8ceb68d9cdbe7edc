import type { Color } from "../model/Color";
import type { ObservedColor } from "../model/ObservedService";
import { count } from "../model/words";
import { needsScaling, present } from "./capacity";
import type { ColorPlan } from "./Plan";

/** Another number of containers for the live color, in place. */
export interface Scaling {
    color: ColorPlan;
    /** What happens, and why. */
    words: string;
}

/**
 * Scales the live color in place. It also removes the containers that an interrupted `up` left beside the wanted ones.
 * @param replicas the wanted number of containers
 * @returns undefined when the color has exactly these
 */
export function scaling(name: Color, color: ObservedColor, replicas: number): Scaling | undefined {
    return needsScaling(color, replicas)
        ? {
              color: { release: color.release, replicas, state: "running", act: true },
              words: why(name, color, replicas),
          }
        : undefined;
}

function why(name: Color, color: ObservedColor, replicas: number): string {
    if (color.replicas === replicas && color.running < replicas) {
        return `${name} is brought back to ${count(replicas)}, since ${color.ended} of them ended`;
    }
    return color.replicas === replicas
        ? `${name} is brought to ${count(replicas)}, since an interrupted up left ${present(color)}`
        : `${name} is scaled in place from ${color.replicas} to ${count(replicas)}`;
}
