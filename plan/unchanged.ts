import { hasTraffic } from "../model/Live";
import type { ObservedColor, ObservedService } from "../model/ObservedService";
import type { PolicySettings } from "../model/PolicySettings";
import type { ColorPlan, ColorState, Plan, PlanBase, PlanRow } from "./Plan";

/** @returns the plan that leaves everything as it was observed. Every other plan begins with it. */
export function asObserved(service: ObservedService): PlanBase & Pick<Plan, "hooks"> {
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

/** @returns what the color that loses its traffic will be. The link's resource changes it after the drain. */
export function leftBehind(color: ObservedColor, previousColor: PolicySettings["previousColor"]): ColorPlan {
    const release = previousColor === "remove" ? undefined : color.release;
    return {
        release,
        replicas: release === undefined ? 0 : color.replicas,
        state: release === undefined ? "empty" : previousColor === "stop" ? "stopped" : stateOf(color),
        act: false,
    };
}

/** @returns the plan that changes nothing and says why. */
export function refuse(service: ObservedService, row: PlanRow, reason: string): Plan {
    const base = asObserved(service);
    return {
        ...base,
        row,
        sentence: `refused: ${reason} (${whatServes(service)}).`,
        refusal: reason,
        link: { ...base.link, act: true },
    };
}

function whatServes(service: ObservedService): string {
    if (service.live === "none") {
        return "nothing is public yet";
    }
    if (service.failover === "answers") {
        return "nothing is changed";
    }
    const colors = (["blue", "green"] as const).filter(
        color => hasTraffic(service, color) && service[color].running > 0,
    );
    return colors.length === 0
        ? "nothing is served"
        : `${colors.join(" and ")} ${colors.length === 1 ? "goes" : "go"} on serving`;
}
