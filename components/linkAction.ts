import type { FrontSettings } from "../model/FrontSettings";
import { sameRoutes } from "../model/Route";
import type { ServiceSettings } from "../model/ServiceSettings";
import { handovers, standIns } from "../plan/handovers";
import { claimedByOthers, heldPlaces } from "../plan/rerouting";
import { linkAfter } from "../plan/settle";
import type { FrontNeeds } from "../up/FrontNeeds";
import type { LinkAction } from "../up/LinkAction";
import { commonAction, type Decision } from "./Decision";

/** Says how the link of a service gets to where the plan wants it. */
export function linkAction(decision: Decision): LinkAction {
    const { settings, front, observed, places, plan } = decision;
    const { name } = settings;
    const { live, expect, walk } = plan.link;
    const target = walk?.color ?? live;
    const { live: from, percent } = linkAfter(observed, plan.recovery);
    const common = commonAction(decision);
    const needs = needsOf(settings, front);
    return {
        ...common,
        // A repair leaves the color that somebody linked by hand as it is.
        policy: plan.row === "repair" ? { ...common.policy, previousColor: "keep" } : common.policy,
        refusal: plan.refusal,
        from,
        percent,
        expect,
        replicas: target === "none" ? 0 : plan[target].replicas,
        walk,
        leave: plan.leave,
        heldPlaces: heldPlaces(observed),
        standIns: standIns(places, name),
        claimedByOthers: claimedByOthers(observed, places),
        // Where the plan leaves the routes alone, what was written by half waits too.
        ...(observed.halfWritten && sameRoutes(plan.link.routes, settings.routes) ? { reroutes: true as const } : {}),
        handovers: handovers(places).filter(({ after }) => Object.values(after).includes(name)),
        ...(Object.keys(needs).length > 0 && { needs }),
    };
}

function needsOf({ routes, access }: ServiceSettings, { https }: FrontSettings): FrontNeeds {
    const own = routes.filter(({ tcpPort }) => tcpPort === undefined).map(({ host }) => host);
    const certificates = (https?.managed ?? [])
        .map(({ name, hosts }) => ({ name, hosts: hosts.filter(host => own.includes(host)) }))
        .filter(({ hosts }) => hosts.length > 0);
    return { ...(access !== undefined && { access }), ...(certificates.length > 0 && { certificates }) };
}
