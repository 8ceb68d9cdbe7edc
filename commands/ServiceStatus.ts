import { observedService } from "../look/observedService";
import type { Color } from "../model/Color";
import type { Intent } from "../model/Intent";
import type { LinkMove } from "../model/LinkMove";
import { hasTraffic, idleColor, type Live, shareOf } from "../model/Live";
import { linkHistory } from "../model/linkHistory";
import type { ObservedService } from "../model/ObservedService";
import { recordOf } from "../model/Records";
import { routeText } from "../model/Route";
import type { ServiceSettings } from "../model/ServiceSettings";
import { type TrafficNoun, trafficTo } from "../model/trafficNoun";
import type { World } from "../model/World";
import { findDrift } from "../plan/drift";
import { type ColorStatus, colorStatus } from "./ColorStatus";

/** One service, as `npm run status` shows it. */
export interface ServiceStatus {
    name: string;
    live: Live;
    /** The share of a canary, `green 25 %`; null without one. */
    share: string | null;
    /** What users send to it, and what the share is of. */
    traffic: TrafficNoun;
    /**
     * Whether the idle color answers while no container of the live one is up: it waits, or it answers now. Null without failover.
     */
    failover: "waits" | "answers" | null;
    /** The color that a rollback goes to. */
    stable: Live;
    idle: Color;
    routes: string[];
    /** What the config asks for; null where the service is not in it, or the config is wrong. */
    wanted: { image: string; replicas: number } | null;
    /** What needs attention, with the next step. */
    problems: string[];
    /** The intent that an `up` left in the record when it died; null without one. */
    unfinished: Intent | null;
    blue: ColorStatus;
    green: ColorStatus;
    /** Moves of the link, newest first. */
    history: LinkMove[];
}

/**
 * @param wanted the service in the config; undefined where it is not there
 * @param at now, by the Docker host's clock
 * @returns one service of a world
 */
export function serviceStatus(
    world: World,
    name: string,
    wanted: ServiceSettings | undefined,
    at: Date,
): ServiceStatus {
    const observed = observedService(world, name);
    return {
        name,
        live: observed.live,
        share: shareOf(observed) ?? null,
        traffic: trafficTo(observed),
        failover: observed.failover ?? null,
        stable: observed.stable?.color ?? "none",
        idle: idleColor(observed.live),
        routes: observed.routes.map(routeText),
        wanted: wanted === undefined ? null : { image: wanted.release.image, replicas: wanted.replicas },
        problems: serviceProblems(world, observed),
        unfinished: observed.intent ?? null,
        blue: colorStatus(world, observed, "blue", at),
        green: colorStatus(world, observed, "green", at),
        history: linkHistory(recordOf(world.records, name)).reverse(),
    };
}

function serviceProblems(world: World, observed: ObservedService): string[] {
    const { live, intent } = observed;
    const unfinished =
        intent === undefined
            ? []
            : [`an up that died has left a ${intent.kind} unfinished. The next pulumi up settles it`];
    const failover =
        observed.failover === "answers"
            ? [`failover: ${idleColor(live)} answers in place of ${live}, which has no container that is up`]
            : [];
    const drift = intent?.kind === "switch" ? [] : findDrift(observed).map(({ what, fix }) => `drift: ${what}. ${fix}`);
    if (live === "none" || drift.length > 0 || world.front === undefined) {
        return [...failover, ...unfinished, ...drift];
    }
    const sick = (["blue", "green"] as const)
        .filter(color => hasTraffic(observed, color) && observed[color].ready < observed[color].running)
        .map(color => {
            const { ready, running } = observed[color];
            return `${ready} of ${running} containers of ${color} are ready; npm run logs -- ${observed.name} --color ${color} shows why`;
        });
    return [...failover, ...unfinished, ...sick];
}
