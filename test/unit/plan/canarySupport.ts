import type { ObservedService } from "../../../model/ObservedService";
import type { CanarySettings } from "../../../model/StrategySettings";
import type { Plan } from "../../../plan/Plan";
import { actsOf, blueWithA, plan, recorded, running, wish } from "./support";

export const releaseB = recorded("B", { linked: false, promotion: 2 });
/** Blue live with A, green has a share of the requests with B. */
export const canaryOf = (percent: number, change: Partial<ObservedService> = {}) =>
    blueWithA({ green: running(releaseB), percent, confirmedPercent: percent, promotions: 2, ...change });

export const step = (weight: number, pauseMs = 60_000, replicas?: number) => ({
    weight,
    pauseMs,
    analysis: true,
    replicas,
});
export const held = (weight: number, replicas?: number): CanarySettings => ({
    steps: weight < 100 ? [step(weight, 60_000, replicas)] : [],
    promotes: weight === 100,
    sticky: "none",
});
export const walking: CanarySettings = { steps: [step(10), step(50)], promotes: true, sticky: "cookie" };
/** 25 % with one container, 50 % with two, then all. */
export const growing: CanarySettings = { ...walking, steps: [step(25, 30_000, 1), step(50, 30_000, 2)] };

export function planned(world: ObservedService, version: string, settings: CanarySettings, change: object = {}): Plan {
    const { policy = {}, ...rest } = change as { policy?: object };
    return plan(world, wish(version, { ...rest, policy: { strategy: { kind: "canary", ...settings }, ...policy } }));
}

/** @returns what a plan does, with the shares that it gives */
export function whatOf(made: Plan): string[] {
    const { walk, percent, act, live } = made.link;
    const shares = act && walk ? walk.steps.map(({ weight }) => `${walk.color} ${weight} %`) : [];
    return [...actsOf(made), ...shares, ...(percent === undefined ? [] : [`${live} keeps ${100 - percent} %`])];
}
