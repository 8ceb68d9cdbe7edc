import type { Color } from "../model/Color";
import { idleColor } from "../model/Live";
import type { ObservedService } from "../model/ObservedService";
import type { CanarySettings, CanaryStep, StrategySettings } from "../model/StrategySettings";
import { count } from "../model/words";
import type { ColorPlan, Plan } from "./Plan";
import { scaling } from "./scaling";

/** What is said of a canary beside its shares. */
interface Words {
    /** What comes before its first share. */
    begun: string;
    /** How the release is judged once it has all requests. */
    judged: string;
    /** What else happens then. */
    after: string;
    /** What happens to the routes. */
    rerouted: string[];
}

/**
 * A new release that gets its users share by share, or is held at one.
 * @param whole the plan that gives it all of them at once
 * @param base what leaves everything as it is
 * @param reroutes whether the routes change
 */
export function canary(
    service: ObservedService,
    whole: Plan,
    base: Pick<Plan, "blue" | "green" | "link">,
    settings: CanarySettings,
    reroutes: boolean,
    words: Words,
): Plan {
    const live = service.live as Color;
    const color = idleColor(live);
    const { replicas } = whole[color];
    const steps = stepsFrom(service, settings, replicas);
    const walk = { color, steps, sticky: settings.sticky };
    const isUnderWay = service.percent > 0;
    // What has users already had its hooks before that.
    const plan = isUnderWay ? { ...whole, row: "canary" as const, hooks: [] } : whole;
    if (settings.promotes) {
        if (steps.length === 0) {
            return { ...plan, link: { ...whole.link, walk } };
        }
        // What has the same containers all the way needs no word of them.
        const grows = steps.some(step => step.replicas !== undefined);
        const withAll = grows ? replicas : undefined;
        const shares = steps.map(step => `${step.weight} %${withText(step.replicas ?? withAll)}, then `).join("");
        const last = `${color} gets all requests${withText(withAll)}: the link moves ${live} => ${color}${words.judged}`;
        const texts = [...steps.map(step => stepText(color, { replicas: withAll, ...step })), last];
        return {
            ...plan,
            sentence: `${words.begun} it gets ${shares}all of the requests; ${words.after}.`,
            steps: texts.map((text, index) => `${index + 1}. ${text}`),
            link: { ...whole.link, walk },
        };
    }
    const [step] = steps;
    const percent = weightOf(settings);
    const isNothing = step === undefined && !whole[color].act;
    const scaled = isNothing ? scaling(live, service[live], service[live].replicas) : undefined;
    const goesOn = [`the link stays on ${live}${percent > 0 ? ", which serves the rest" : ""}`, ...words.rerouted].join(
        "; ",
    );
    const gets =
        step !== undefined
            ? `it gets ${percent} % of the requests${withText(step.replicas)}${judgedText(step)}`
            : percent > 0
              ? `it goes on with ${percent} % of the requests`
              : "it waits at 0 % of the requests, reachable at its preview address";
    return {
        ...plan,
        row: scaled ? "scale" : isNothing ? (reroutes ? "routes" : "nothing") : plan.row,
        sentence: `${scaled ? `${scaled.words}; ` : isNothing && !reroutes ? "nothing to do: " : ""}${words.begun} ${gets}; ${goesOn}.`,
        [live]: scaled?.color ?? base[live],
        promotion: scaled ? undefined : plan.promotion,
        link: {
            live,
            ...(percent > 0 ? { percent } : {}),
            expect: whole.link.expect,
            routes: whole.link.routes,
            ...(step === undefined ? {} : { walk }),
            act: step !== undefined || reroutes,
        },
        hooks: step === undefined ? plan.hooks.filter(hook => hook === "preDeploy") : plan.hooks,
    };
}

/** `weight: 0`: the release waits beside the live one, with no users. */
export function isHeldAtNone(strategy: StrategySettings): boolean {
    return strategy.kind === "canary" && !strategy.promotes && weightOf(strategy) === 0;
}

/** The weight that is held. */
function weightOf({ steps }: CanarySettings): number {
    return steps[0]?.weight ?? 0;
}

/**
 * How many containers a canary's deployment brings, and how many there are after this `up`: in between, its steps add them.
 * @param replicas how many a release has that has all requests
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

/** What is still to come: an `up` that was interrupted, or stopped by a step, goes on behind the share that there is. */
function stepsFrom(service: ObservedService, settings: CanarySettings, replicas: number): CanaryStep[] {
    const { percent, sticky = "none" } = service;
    if (!settings.promotes) {
        return (
            settings.steps
                .filter(({ weight }) => weight > 0 && (weight !== percent || settings.sticky !== sticky))
                // Less than it has needs no judgement.
                .map(step => (step.weight > percent ? step : { ...step, pauseMs: 0 }))
        );
    }
    // What has users already is not scaled down for a step.
    const least = percent > 0 ? service[idleColor(service.live)].replicas : 0;
    return settings.steps
        .filter(({ weight }) => weight > percent)
        .map(({ replicas: wanted = replicas, ...step }) => {
            const some = Math.max(wanted, least);
            return some < replicas ? { ...step, replicas: some } : step;
        });
}

function stepText(color: Color, step: CanaryStep): string {
    return `${color} gets ${step.weight} % of the requests${withText(step.replicas)}${judgedText(step)}`;
}

function withText(replicas: number | undefined): string {
    return replicas === undefined ? "" : ` with ${count(replicas, "container")}`;
}

function judgedText({ pauseMs, analysis }: CanaryStep): string {
    const seconds = `for ${pauseMs / 1000} s`;
    return pauseMs === 0 ? "" : analysis ? ` and is judged ${seconds}` : ` ${seconds}, not judged`;
}
