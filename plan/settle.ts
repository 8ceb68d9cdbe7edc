import type { Color } from "../model/Color";
import { type Farewell, farewellOf, isGivingBack, targetOf } from "../model/Intent";
import { idleColor, type Live } from "../model/Live";
import type { ObservedService } from "../model/ObservedService";
import type { Verdict } from "../model/Verdict";
import type { Recovery } from "./Plan";

/** What the plan is about to do with the color that is not live. */
export interface Prospect {
    /** The link goes there, so that what is live needs no judgement any more. */
    leaves?: boolean;
    /** It may keep its share of the requests. */
    shares?: boolean;
    /** Ids of what was judged bad and is not to be tried again. @default [] */
    bad?: string[];
}

/**
 * What the service will be once an open switch is settled, and what must be done for that: it is finished if its target
 * is proved and ready, else undone; of a canary everything goes back to the live color. A live release that was never
 * judged to its end is judged again, unless the link is about to leave it. A farewell that is still owed stays open for
 * the plan.
 */
export function settle(
    service: ObservedService,
    { leaves = false, shares = false, bad = [] }: Prospect = {},
): { service: ObservedService; recovery?: Recovery } {
    const intent = service.intent;
    if (intent?.kind === "bake" && intent.step !== undefined) {
        const settled = withoutBake(service);
        const { live, percent } = service;
        return shares && !leaves
            ? { service: settled, recovery: { kind: "bake", live, release: intent.release, percent } }
            : { service: settled };
    }
    if (intent?.kind !== "switch") {
        return leaves ? { service: withoutBake(service) } : settleBake(service);
    }
    const { from, to, percent = 0 } = intent;
    const target = service[targetOf(intent)];
    const deserted = isDeserted(service, from, targetOf(intent));
    const isWhole = target.ready >= target.replicas || deserted || isGivingBack(intent);
    const isTried = intent.verdict !== undefined || !bad.includes(intent.release) || deserted;
    const finishable =
        isTried &&
        (percent === 0 || shares || deserted) &&
        target.release?.id === intent.release &&
        target.release.proved &&
        target.replicas > 0 &&
        isWhole;
    const isLost = isGivingBack(intent) && service.percent > 0 && isDeserted(service, to, idleColor(to));
    if (isLost) {
        // What has a share is all that answers users.
        return { service: { ...withVerdict(service, intent.verdict), intent: undefined } };
    }
    if (from === to && service.live !== to && (intent.percent !== undefined || !finishable)) {
        // Neither a share nor a link that is written again leaves the live color: somebody else has moved it.
        return { service };
    }
    const recovery: Recovery = finishable
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
            // Settling writes memory and file.
            written: undefined,
            writtenPercent: undefined,
            intent: finishable ? farewellOf(intent) : undefined,
        },
    };
}

/** Where the link is once what comes first is done. To judge moves nothing, whoever has a share meanwhile. */
export function linkAfter(service: ObservedService, recovery: Recovery | undefined): { live: Live; percent: number } {
    return recovery === undefined || recovery.kind === "bake"
        ? { live: service.live, percent: service.percent }
        : { live: recovery.live, percent: recovery.percent ?? 0 };
}

/** Whether nobody is left at `from` while somebody answers at `to`: then moving the link back is the worse of the two. */
export function isDeserted(service: ObservedService, from: Live, to: Color): boolean {
    return from !== "none" && service[from].ready === 0 && service[to].ready > 0;
}

/** A link that is moved back takes the verdict on the other release with it. */
function withVerdict(service: ObservedService, verdict: Verdict | undefined): ObservedService {
    if (verdict === undefined) {
        return service;
    }
    const { release, reason, retryToken } = verdict;
    return { ...service, judgedBad: { ...service.judgedBad, [release]: { reason, retryToken } } };
}

/** The release that is live, but not stable: its judgement was interrupted, or nobody knew. */
function settleBake(service: ObservedService): { service: ObservedService; recovery?: Recovery } {
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
    return live === "none" ? undefined : service[live as Color].release?.id;
}
