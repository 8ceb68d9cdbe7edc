import type { Color } from "../model/Color";
import { idleColor } from "../model/Live";
import type { ObservedService } from "../model/ObservedService";
import { shareText } from "../model/Share";
import type { CanarySettings, CanaryStep, StrategySettings } from "../model/StrategySettings";
import { type TrafficNoun, trafficOf, trafficText } from "../model/trafficNoun";
import { count } from "../model/words";
import type { ColorPlan, Plan, Walk } from "./Plan";
import type { Rerouting } from "./rerouting";
import { scaling } from "./scaling";
import { asObserved } from "./unchanged";

/** What the sentence says of a canary apart from its shares. */
interface Told {
    /** What happens before its first share. */
    begun: string;
    /** How the release is judged once it has all requests. */
    judged: string;
    /** What else happens then. */
    after: string;
    rerouting: Rerouting;
}

/**
 * Changes a plan that gives a new release all requests at once: the release gets them share by share, or is held at one
 * share.
 */
export function canary(service: ObservedService, whole: Plan, settings: CanarySettings, told: Told): Plan {
    const color = idleColor(service.live);
    const walk = { color, steps: stepsFrom(service, settings, whole[color].replicas), sticky: settings.sticky };
    // The hooks of a release that has a share ran before that share.
    const plan = service.percent > 0 ? { ...whole, row: "canary" as const, hooks: [] } : whole;
    return settings.promotes
        ? promoted(plan, walk, told)
        : heldAt(weightOf(settings), { ...plan, link: { ...plan.link, walk } }, service, told);
}

/** All steps one after another, up to all requests. */
function promoted(plan: Plan, walk: Walk, told: Told): Plan {
    const { color, steps } = walk;
    const link = { ...plan.link, walk };
    if (steps.length === 0) {
        return { ...plan, link };
    }
    // The number of containers is only worth a word when it changes on the way.
    const grows = steps.some(step => step.replicas !== undefined);
    const withAll = grows ? plan[color].replicas : undefined;
    const shares = steps.map(step => `${shareText(step.weight)}${withText(step.replicas ?? withAll)}, then `).join("");
    const moves = `the link moves ${idleColor(color)} => ${color}`;
    const noun = trafficOf(plan[color].release);
    const last = `${color} gets all ${noun}${withText(withAll)}: ${moves}${told.judged}`;
    const texts = [...steps.map(step => stepText(color, { replicas: withAll, ...step }, noun)), last];
    return {
        ...plan,
        sentence: `${told.begun} it gets ${shares}all of the ${noun}; ${told.after}.`,
        steps: texts.map((text, index) => `${index + 1}. ${text}`),
        link,
    };
}

/** One share that stays until the config says otherwise; at 0 % only the preview address reaches the release. */
function heldAt(percent: number, plan: Plan, service: ObservedService, told: Told): Plan {
    const live = service.live as Color;
    const { walk, expect, routes } = plan.link;
    const { rerouting } = told;
    const [step] = walk?.steps ?? [];
    const isNothing = step === undefined && !plan[idleColor(live)].act;
    // While the release waits, the live color loses what an interrupted scaling left.
    const scaled = isNothing ? scaling(live, service[live], service[live].replicas) : undefined;
    const unchangedRow = rerouting.act ? "routes" : "nothing";
    const prefix = scaled ? `${scaled.words}; ` : isNothing && !rerouting.act ? "nothing to do: " : "";
    const stays = `the link stays on ${live}${percent > 0 ? ", which serves the rest" : ""}`;
    return {
        ...plan,
        row: scaled ? "scale" : isNothing ? unchangedRow : plan.row,
        sentence: `${prefix}${told.begun} ${heldText(percent, step, trafficOf(plan[idleColor(live)].release))}; ${[stays, ...rerouting.words].join("; ")}.`,
        [live]: scaled?.color ?? asObserved(service)[live],
        promotion: scaled ? undefined : plan.promotion,
        link: {
            live,
            ...(percent > 0 ? { percent } : {}),
            expect,
            routes,
            ...(step === undefined ? {} : { walk }),
            act: step !== undefined || rerouting.act,
        },
        hooks: step === undefined ? plan.hooks.filter(hook => hook === "preDeploy") : plan.hooks,
    };
}

/** @returns whether a strategy is `weight: 0`: the release waits beside the live one and has no users. */
export function isHeldAtNone(strategy: StrategySettings): boolean {
    return strategy.kind === "canary" && !strategy.promotes && weightOf(strategy) === 0;
}

/** @returns the share that is held, percent. */
function weightOf({ steps }: CanarySettings): number {
    return steps[0]?.weight ?? 0;
}

/**
 * Says how many containers the deployment of a canary starts, and how many there are after this `up`. Its steps add the
 * difference.
 * @param replicas the containers of a release that has all requests
 */
export function sizeOf(
    service: ObservedService,
    settings: CanarySettings,
    replicas: number,
): Required<Pick<ColorPlan, "replicas" | "deployed">> {
    if (!settings.promotes) {
        const held = settings.steps[0]?.replicas ?? replicas;
        return { replicas: held, deployed: held };
    }
    return { replicas, deployed: stepsFrom(service, settings, replicas)[0]?.replicas ?? replicas };
}

/** @returns the steps still to come: an interrupted `up` continues behind the share that the release has. */
function stepsFrom(service: ObservedService, settings: CanarySettings, replicas: number): CanaryStep[] {
    const { percent, sticky = "none" } = service;
    if (!settings.promotes) {
        return (
            settings.steps
                .filter(({ weight }) => weight > 0 && (weight !== percent || settings.sticky !== sticky))
                // A smaller share than before needs no judgement.
                .map(step => (step.weight > percent ? step : { ...step, pauseMs: 0 }))
        );
    }
    // A step does not scale down a release that has users.
    const least = percent > 0 ? service[idleColor(service.live)].replicas : 0;
    return settings.steps
        .filter(({ weight }) => weight > percent)
        .map(({ replicas: wanted = replicas, ...step }) => {
            const some = Math.max(wanted, least);
            return some < replicas ? { ...step, replicas: some } : step;
        });
}

function heldText(percent: number, step: CanaryStep | undefined, noun: TrafficNoun): string {
    if (step !== undefined) {
        return `it gets ${trafficText(percent, noun)}${withText(step.replicas)}${judgedText(step)}`;
    }
    return percent > 0
        ? `it goes on with ${trafficText(percent, noun)}`
        : `it waits at ${trafficText(0, noun)}${noun === "requests" ? ", reachable at its preview address" : ""}`;
}

function stepText(color: Color, step: CanaryStep, noun: TrafficNoun): string {
    return `${color} gets ${trafficText(step.weight, noun)}${withText(step.replicas)}${judgedText(step)}`;
}

function withText(replicas: number | undefined): string {
    return replicas === undefined ? "" : ` with ${count(replicas, "container")}`;
}

function judgedText({ pauseMs, analysis }: CanaryStep): string {
    const seconds = `for ${pauseMs / 1000} s`;
    return pauseMs === 0 ? "" : analysis ? ` and is judged ${seconds}` : ` ${seconds}, not judged`;
}
