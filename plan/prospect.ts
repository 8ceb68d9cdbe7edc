import { idleColor } from "../model/Live";
import type { ObservedService } from "../model/ObservedService";
import type { CanarySettings } from "../model/StrategySettings";
import { isHeldAtNone } from "./canary";
import type { Desired } from "./Desired";
import { type Drift, findDrift } from "./drift";
import { judged, same } from "./held";
import type { Prospect } from "./settle";

/**
 * Says what the plan is about to do with the idle color. A link that goes back needs no judgement of what it leaves. A
 * canary that nobody wants any more has no share. Nothing is judged beside drift; an open switch says itself where the link
 * may be.
 */
export function prospect(service: ObservedService, desired: Desired): Prospect {
    const isDrifted = service.intent?.kind !== "switch" && driftOf(service, desired).length > 0;
    const held = service[idleColor(service.live)].release;
    const bad = [service.blue.release, service.green.release].flatMap(release =>
        release !== undefined && judged(service, release, desired.policy) !== undefined ? [release.id] : [],
    );
    const isJudgedFirst = canaryOf(service, desired) !== undefined && held?.linked === false;
    return {
        leaves: (wantsIdle(service, desired) && !isJudgedFirst) || isDrifted,
        shares: mayShare(service, desired) && !bad.includes(held?.id ?? ""),
        bad,
    };
}

/** @returns the drift that is worth restoring. A color that is about to lose its users is not. */
export function driftOf(service: ObservedService, desired: Desired): Drift[] {
    const shares = mayShare(service, desired);
    return findDrift(service).filter(({ color }) => shares || color === undefined || color === service.live);
}

function wantsIdle(service: ObservedService, { live, release }: Desired): boolean {
    const idle = idleColor(service.live);
    return live === "auto" ? same(service[idle].release, release) : live === idle;
}

/** @returns whether the idle color may keep its share of the requests: it holds the wanted release. */
export function mayShare(service: ObservedService, desired: Desired): boolean {
    return wantsIdle(service, desired) && !(isHeldAtNone(desired.policy.strategy) && desired.live === "auto");
}

/**
 * Says how a new release gets its users share by share.
 * @returns undefined when it gets all at once, also because no container of the live color answers
 */
export function canaryOf(service: ObservedService, { policy: { strategy } }: Desired): CanarySettings | undefined {
    const { live } = service;
    const isAlone = live !== "none" && service[live].ready === 0;
    return strategy.kind !== "canary" || (isAlone && !isHeldAtNone(strategy)) ? undefined : strategy;
}
