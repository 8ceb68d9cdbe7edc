import type { Color } from "../model/Color";
import type { ObservedColor } from "../model/ObservedService";
import { count } from "../model/words";
import { needsScaling, present } from "./capacity";
import type { ColorPlan } from "./Plan";

/** The live color gets another number of containers, in place. */
export interface Scaling {
    color: ColorPlan;
    /** What happens, and why. */
    words: string;
}

/**
 * Scales the live color in place. What an interrupted `up` left beside its containers goes by that too.
 * @param replicas how many it is to have
 * @returns undefined where it has exactly those
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
