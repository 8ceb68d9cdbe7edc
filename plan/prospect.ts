import { idleColor } from "../model/Live";
import type { ObservedService } from "../model/ObservedService";
import type { CanarySettings } from "../model/StrategySettings";
import { isHeldAtNone } from "./canary";
import type { Desired } from "./Desired";
import { type Drift, findDrift } from "./drift";
import { judged, same } from "./held";
import type { Prospect } from "./settle";

/**
 * Going back needs no judgement of what is left, and a canary that is no longer wanted has no share. Nothing is judged
 * beside what somebody else changed; an open switch says itself where the link may be.
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

/** What is about to lose its users is not worth restoring. */
export function driftOf(service: ObservedService, desired: Desired): Drift[] {
    const shares = mayShare(service, desired);
    return findDrift(service).filter(({ color }) => shares || color === undefined || color === service.live);
}

function wantsIdle(service: ObservedService, { live, release }: Desired): boolean {
    const idle = idleColor(service.live);
    return live === "auto" ? same(service[idle].release, release) : live === idle;
}

/** Whether the color that is not live may keep its share of the requests: it holds what is wanted. */
export function mayShare(service: ObservedService, desired: Desired): boolean {
    return wantsIdle(service, desired) && !(isHeldAtNone(desired.policy.strategy) && desired.live === "auto");
}

/** How a new release gets its users share by share. Beside a color where nobody answers it gets all of them at once. */
export function canaryOf(service: ObservedService, { policy: { strategy } }: Desired): CanarySettings | undefined {
    const { live } = service;
    const isAlone = live !== "none" && service[live].ready === 0;
    return strategy.kind !== "canary" || (isAlone && !isHeldAtNone(strategy)) ? undefined : strategy;
}
