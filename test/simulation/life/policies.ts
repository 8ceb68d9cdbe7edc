import type { ActionPolicy } from "../../../model/PolicySettings";
import type { BakePolicy } from "../../../up/BakePolicy";
import type { SimulatedUp } from "./SimulatedUp";

// Lives have a clock of their own, and each look is a step. So what has to wait waits for a few looks, and what cannot come
// to its end gives up soon.

/** What the procedures of an `up` need of the policy. */
export function actionPolicyOf(up: SimulatedUp): ActionPolicy {
    return { ...up.desired.policy, ...drainPolicyOf(up), minHealthyTimeMs: 100, healthyDeadlineMs: 1_000 };
}

export function drainPolicyOf({ faults }: SimulatedUp) {
    const onDrainTimeout = faults.drain === "stop" ? ("wait" as const) : ("close" as const);
    return { drainTimeoutMs: 1_500, progressDeadlineMs: 4_000, onDrainTimeout };
}

/** How what has become live is judged. One request is enough for a verdict. */
export function bakePolicyOf({ desired, world: { service } }: SimulatedUp): BakePolicy {
    const { bakeTimeMs, analysis, retryToken } = desired.policy;
    return {
        bakeTimeMs,
        analysis: { ...analysis, minRequests: 1, intervalMs: bakeTimeMs },
        hooks: {},
        retryToken,
        host: service,
        url: `http://${service}`,
    };
}
