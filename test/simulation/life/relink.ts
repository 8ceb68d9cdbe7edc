import { sameRoutes } from "../../../model/Route";
import { handovers, standIns } from "../../../plan/handovers";
import type { LinkAction } from "../../../up/LinkAction";
import * as real from "../../../up/relink";
import * as ending from "../../../up/unlink";
import { declaredHooks, failoverOf } from "./deploy";
import { actionPolicyOf, bakePolicyOf, drainPolicyOf } from "./policies";
import { portsOf } from "./portsOf";
import type { SimulatedUp } from "./SimulatedUp";

/** The link's resource, as providers/Link.ts has it. */
export async function relink(up: SimulatedUp): Promise<void> {
    const { link } = up.made;
    await real.relink(
        portsOf(up),
        { to: link.live, isShared: (link.percent ?? 0) > 0, routes: link.routes },
        linkActionOf(up),
    );
}

/** Removes the link and the routes; the deletion of the colors comes after it. */
export async function unlink(up: SimulatedUp): Promise<void> {
    await ending.unlink(portsOf(up), Number.POSITIVE_INFINITY, drainPolicyOf(up));
}

/** What the plan asks of the link, as components/stackPlan.ts puts it. */
function linkActionOf(up: SimulatedUp): LinkAction {
    const { made, desired, before, halfWritten, held, claimed } = up;
    const { live, expect, walk } = made.link;
    const target = walk?.color ?? live;
    const { service } = up.world;
    return {
        refusal: made.refusal,
        from: before.live,
        percent: before.percent,
        expect,
        replicas: target === "none" ? 0 : made[target].replicas,
        walk,
        recovery: made.recovery,
        leave: made.leave,
        restore: made.row === "repair",
        bake: bakePolicyOf(up),
        ...failoverOf(up),
        policy: {
            ...actionPolicyOf(up),
            ...(made.row === "repair" ? { previousColor: "keep" as const } : {}),
        },
        promotion: made.promotion,
        hooks: declaredHooks(up),
        hookRan: `promotion ${made.promotion}`,
        heldPlaces: held,
        standIns: standIns(desired.places, service),
        claimedByOthers: claimed,
        ...(halfWritten && sameRoutes(made.link.routes, desired.routes) ? { reroutes: true as const } : {}),
        handovers: handovers(desired.places).filter(({ after }) => Object.values(after).includes(service)),
    };
}
