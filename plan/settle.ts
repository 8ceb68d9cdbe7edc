import type { Color } from "../model/Color";
import { type Farewell, farewellOf, isGivingBack, type SwitchIntent, targetOf } from "../model/Intent";
import { idleColor, type Live } from "../model/Live";
import type { ObservedService } from "../model/ObservedService";
import type { Verdict } from "../model/Verdict";
import type { Recovery } from "./Plan";

/** What the plan is about to do with the idle color. */
export interface Prospect {
    /** Whether the link goes there, so that the live color needs no judgement any more. */
    leaves?: boolean;
    /** Whether it may keep its share of the requests. */
    shares?: boolean;
    /** Ids of the releases that were judged bad and may not be tried again. @default [] */
    bad?: string[];
}

/** A service once its intent is settled, and what has to be done for that. */
interface Settled {
    service: ObservedService;
    recovery?: Recovery;
}

/**
 * Says what the service will be once its intent is settled, and what has to be done for that. A switch is finished when its
 * target is proved and ready, else it is undone. A canary that nobody wants gives everything back to the live color. The
 * judgement of a live release is resumed when it was interrupted, unless the link is about to leave. A farewell that is
 * still owed stays open for the plan.
 */
export function settle(service: ObservedService, prospect: Prospect = {}): Settled {
    const { leaves = false, shares = false } = prospect;
    const { intent, live, percent } = service;
    if (intent?.kind === "bake" && intent.step !== undefined) {
        const recovery = { kind: "bake" as const, live, release: intent.release, percent };
        return { service: withoutBake(service), ...(shares && !leaves ? { recovery } : {}) };
    }
    if (intent?.kind === "switch") {
        return settleSwitch(service, intent, prospect);
    }
    return leaves ? { service: withoutBake(service) } : settleBake(service);
}

function settleSwitch(service: ObservedService, intent: SwitchIntent, prospect: Prospect): Settled {
    const { from, to, percent = 0 } = intent;
    const isLost = isGivingBack(intent) && service.percent > 0 && isDeserted(service, to, idleColor(to));
    if (isLost) {
        // The color with the share is the only one that answers users.
        return { service: { ...withVerdict(service, intent.verdict), intent: undefined } };
    }
    const isFinished = isFinishable(service, intent, prospect);
    // A switch that never leaves the live color has not moved the link: somebody else has.
    const isMovedByHand = from === to && service.live !== to && (intent.percent !== undefined || !isFinished);
    if (isMovedByHand || (!isFinished && service.live === to && isLeftToStrays(service, from, to))) {
        // That is drift.
        return { service };
    }
    const recovery: Recovery = isFinished
        ? { kind: "finish", live: to, release: intent.release, ...(percent > 0 ? { percent } : {}) }
        : { kind: "undo", live: from, release: releaseOf(service, from) };
    return {
        recovery,
        service: {
            ...withVerdict(service, intent.verdict),
            live: recovery.live,
            confirmed: recovery.live,
            percent: recovery.percent ?? 0,
            confirmedPercent: recovery.percent ?? 0,
            sticky: recovery.percent === undefined ? undefined : intent.sticky,
            // Settling writes HAProxy's memory and its file, without failover.
            failover: undefined,
            written: undefined,
            writtenPercent: undefined,
            writtenFailover: undefined,
            intent: isFinished ? farewellOf(intent) : undefined,
        },
    };
}

function isFinishable(service: ObservedService, intent: SwitchIntent, { shares = false, bad = [] }: Prospect): boolean {
    const { from, percent = 0 } = intent;
    const target = service[targetOf(intent)];
    const deserted = isDeserted(service, from, targetOf(intent));
    // The color that the link is about to follow answers already, by failover. Its containers may be a stranger's.
    const isFollowed = service.failover === "answers" && service.live === from;
    const isWhole = target.ready >= target.replicas || deserted || isFollowed || isGivingBack(intent);
    const isTried = intent.verdict !== undefined || !bad.includes(intent.release) || deserted;
    return (
        isTried &&
        (percent === 0 || shares || deserted) &&
        target.release?.id === intent.release &&
        target.release.proved &&
        target.replicas > 0 &&
        isWhole
    );
}

/** @returns where the link is after the recovery. Judging does not move the link, even if a canary has a share. */
export function linkAfter(service: ObservedService, recovery: Recovery | undefined): { live: Live; percent: number } {
    return recovery === undefined || recovery.kind === "bake"
        ? { live: service.live, percent: service.percent }
        : { live: recovery.live, percent: recovery.percent ?? 0 };
}

/** @returns whether no container of `from` answers while one of `to` does. Moving the link back is the worse choice then. */
export function isDeserted(service: ObservedService, from: Live, to: Color): boolean {
    return from !== "none" && service[from].ready === 0 && service[to].ready > 0;
}

/**
 * The same where what answers in `to` may be containers that are not ours. A repair moves the link back too, and brings
 * `from` back first.
 */
export function isLeftToStrays(service: ObservedService, from: Live, to: Color): boolean {
    return from !== "none" && from !== to && service[from].ready === 0 && service[to].strays.length > 0;
}

/** A link that is moved back takes the verdict on the other release with it. */
function withVerdict(service: ObservedService, verdict: Verdict | undefined): ObservedService {
    if (verdict === undefined) {
        return service;
    }
    const { release, reason, retryToken } = verdict;
    return { ...service, judgedBad: { ...service.judgedBad, [release]: { reason, retryToken } } };
}

/** A live release that is not stable: its judgement was interrupted, or it came to no result. */
function settleBake(service: ObservedService): Settled {
    const { live, stable, intent } = service;
    const release = live === "none" ? undefined : service[live].release;
    const isJudged = release?.linked === true || release?.judgedBad !== undefined || stable?.release === release?.id;
    if (live === "none" || release === undefined || stable === undefined || isJudged) {
        return { service: withoutBake(service) };
    }
    const farewell: Farewell | undefined = intent?.kind === "bake" ? intent.farewell : undefined;
    return {
        recovery: { kind: "bake", live, release: release.id },
        service: {
            ...service,
            stable: { color: live, release: release.id },
            intent: intent?.kind === "bake" ? farewellOf({ from: intent.from, farewell }) : intent,
            [live]: { ...service[live], release: { ...release, linked: true } },
        },
    };
}

function withoutBake(service: ObservedService): ObservedService {
    return service.intent?.kind === "bake" ? { ...service, intent: undefined } : service;
}

function releaseOf(service: ObservedService, live: Live): string | undefined {
    return live === "none" ? undefined : service[live].release?.id;
}
