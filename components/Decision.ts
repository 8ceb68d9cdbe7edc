import type { DeclaredHooks } from "../model/CommandHook";
import type { FrontSettings } from "../model/FrontSettings";
import type { ObservedService } from "../model/ObservedService";
import type { ActionPolicy } from "../model/PolicySettings";
import type { ServiceSettings } from "../model/ServiceSettings";
import type { Places } from "../plan/handovers";
import type { Plan } from "../plan/Plan";
import type { BakePolicy } from "../up/BakePolicy";
import { publicUrl } from "./outputs";

/** The plan of one service and what it was made from. */
export interface Decision {
    settings: ServiceSettings;
    front: FrontSettings;
    observed: ObservedService;
    places: Places;
    plan: Plan;
}

/** The part of an action that a deployment and the link have in common. */
export function commonAction({ settings, front, observed, plan }: Decision) {
    const { failover = false } = settings;
    const hasFailover = observed.failover !== undefined || observed.writtenFailover === true;
    return {
        ...((failover || hasFailover) && { failover }),
        policy: actionPolicy(settings),
        bake: bakePolicy(settings, front),
        recovery: plan.recovery,
        restore: plan.row === "repair",
        promotion: plan.promotion,
        hooks: hooksOf(settings, plan),
    };
}

/** @returns the hooks that run in this `up` as Commands, and whether the config has them. */
function hooksOf({ policy }: ServiceSettings, { hooks }: Plan): DeclaredHooks {
    return Object.fromEntries(hooks.map(name => [name, policy.hooks[name] !== undefined]));
}

/** @returns the part of the policy that a provider needs. */
function actionPolicy({ policy }: ServiceSettings): ActionPolicy {
    const {
        hooks: _hooks,
        driftPolicy: _drift,
        strategy: _strategy,
        bakeTimeMs: _bake,
        analysis: _analysis,
        adoptFrom: _owner,
        ...rest
    } = policy;
    return rest;
}

/** @returns how the release is judged once it is live. */
function bakePolicy({ name, routes, internal, policy }: ServiceSettings, front: FrontSettings): BakePolicy {
    const { bakeTimeMs, analysis, hooks, retryToken } = policy;
    const { postPromotion, onRollback } = hooks;
    return {
        bakeTimeMs,
        analysis,
        hooks: { postPromotion, onRollback },
        retryToken,
        url: internal && routes.length === 0 ? `http://${name}/` : publicUrl(front, routes),
        host: routes.find(({ host }) => !host.includes("*"))?.host ?? name,
    };
}
