import { hasTraffic } from "../model/Live";
import type { ObservedColor, ObservedService } from "../model/ObservedService";
import type { PolicySettings } from "../model/PolicySettings";
import type { ColorPlan, ColorState, Plan, PlanRow } from "./Plan";

/** The plan that leaves everything as it was observed: the base of every other plan, and all of a refusal. */
export function asObserved(service: ObservedService): Pick<Plan, "blue" | "green" | "link" | "hooks"> {
    const keep = (color: ObservedColor): ColorPlan => ({
        release: color.release,
        replicas: color.replicas,
        state: stateOf(color),
        act: false,
    });
    return {
        blue: keep(service.blue),
        green: keep(service.green),
        link: {
            live: service.live,
            ...(service.percent > 0 ? { percent: service.percent } : {}),
            routes: service.routes,
            act: false,
        },
        hooks: [],
    };
}

function stateOf(color: ObservedColor): ColorState {
    if (color.release === undefined) {
        return "empty";
    }
    return color.running > 0 ? "running" : "stopped";
}

/** What the color that loses its traffic will be. The link's resource does it, after the drain. */
export function leftBehind(color: ObservedColor, previousColor: PolicySettings["previousColor"]): ColorPlan {
    const release = previousColor === "remove" ? undefined : color.release;
    return {
        release,
        replicas: release === undefined ? 0 : color.replicas,
        state: release === undefined ? "empty" : previousColor === "stop" ? "stopped" : stateOf(color),
        act: false,
    };
}

export function refuse(service: ObservedService, row: PlanRow, reason: string): Plan {
    const base = asObserved(service);
    const { live } = service;
    const serves = (["blue", "green"] as const).filter(
        color => hasTraffic(service, color) && service[color].running > 0,
    );
    const goesOn =
        serves.length === 0
            ? "nothing is served"
            : `${serves.join(" and ")} ${serves.length === 1 ? "goes" : "go"} on serving`;
    const state = live === "none" ? "nothing is public yet" : goesOn;
    return {
        ...base,
        row,
        sentence: `refused: ${reason} (${state}).`,
        refusal: reason,
        link: { ...base.link, act: true },
    };
}
