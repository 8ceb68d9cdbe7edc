import type { Color } from "../model/Color";
import type { ObservedColor, ObservedService } from "../model/ObservedService";
import { afterwards, count } from "../model/words";
import { needsScaling, present } from "./capacity";
import type { Desired } from "./Desired";
import type { Plan } from "./Plan";
import { rerouting } from "./rerouting";
import { asObserved, leftBehind } from "./unchanged";

/** The wanted release is live already: only its number of replicas or its routes may change. */
export function stay(service: ObservedService, desired: Desired, live: Color, color: ObservedColor): Plan {
    const base = asObserved(service);
    const rescale = needsScaling(color, desired.replicas);
    const { act: reroute, routes, words: rerouted } = rerouting(service, desired);
    const leave = service.intent?.kind === "leave" ? service.intent : undefined;
    if (!rescale && !reroute && leave === undefined) {
        const waiting = color.ready < color.replicas ? ` (${color.ready} of ${color.replicas} ready)` : "";
        return {
            ...base,
            row: "nothing",
            sentence: `nothing to do: ${live} serves ${desired.release.image}${waiting}${rerouted.map(word => `; ${word}`).join("")}.`,
            link: { ...base.link, routes },
        };
    }
    const scaled = rescale
        ? { [live]: { release: color.release, replicas: desired.replicas, state: "running", act: true } }
        : ({} as Record<string, never>);
    const words = [
        ...(rescale ? [scaling(live, color, desired.replicas)] : []),
        ...rerouted,
        ...(leave ? [`${afterwards(leave.color, leave.farewell)}, which an interrupted up left open`] : []),
    ];
    return {
        ...base,
        ...scaled,
        ...(leave ? { [leave.color]: leftBehind(service[leave.color], leave.farewell) } : {}),
        row: rescale ? "scale" : reroute ? "routes" : "recovery",
        sentence: `${words.join("; ")}; the link stays on ${live}.`,
        link: { ...base.link, routes, act: reroute || leave !== undefined },
        leave,
    };
}

function scaling(name: Color, color: ObservedColor, replicas: number): string {
    if (color.replicas === replicas && color.running < replicas) {
        return `${name} is brought back to ${count(replicas)}, since ${color.ended} of them ended`;
    }
    return color.replicas === replicas
        ? `${name} is brought to ${count(replicas)}, since an interrupted up left ${present(color)}`
        : `${name} is scaled in place from ${color.replicas} to ${count(replicas)}`;
}
