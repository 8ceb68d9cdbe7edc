import type { Color } from "../model/Color";
import type { ObservedService } from "../model/ObservedService";
import { afterwards } from "../model/words";
import type { Desired } from "./Desired";
import type { Plan } from "./Plan";
import { rerouting } from "./rerouting";
import { scaling } from "./scaling";
import { asObserved, leftBehind } from "./unchanged";

/** The wanted release is live already. Only the number of containers or the routes may change. */
export function stay(service: ObservedService, desired: Desired, live: Color): Plan {
    const color = service[live];
    const base = asObserved(service);
    const scaled = scaling(live, color, desired.replicas);
    const { act: reroute, routes, words: rerouted } = rerouting(service, desired);
    const leave = service.intent?.kind === "leave" ? service.intent : undefined;
    if (scaled === undefined && !reroute && leave === undefined) {
        const waiting = color.ready < color.replicas ? ` (${color.ready} of ${color.replicas} ready)` : "";
        return {
            ...base,
            row: "nothing",
            sentence: `nothing to do: ${live} serves ${desired.release.image}${waiting}${rerouted.map(word => `; ${word}`).join("")}.`,
            link: { ...base.link, routes },
        };
    }
    const words = [
        ...(scaled ? [scaled.words] : []),
        ...rerouted,
        ...(leave ? [`${afterwards(leave.color, leave.farewell)}, which an interrupted up left open`] : []),
    ];
    return {
        ...base,
        ...(scaled ? { [live]: scaled.color } : {}),
        ...(leave ? { [leave.color]: leftBehind(service[leave.color], leave.farewell) } : {}),
        row: scaled ? "scale" : reroute ? "routes" : "recovery",
        sentence: `${words.join("; ")}; the link stays on ${live}.`,
        link: { ...base.link, routes, act: reroute || leave !== undefined },
        leave,
    };
}
