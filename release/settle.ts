import type { Color } from "../settings/Settings";
import { type Farewell, farewellOf, type Live, type ObservedService, type Verdict } from "./Observed";

/** How an `up` that died half-way through a switch is put right before anything else happens. */
export interface Recovery {
    kind: "finish" | "undo" | "bake";
    live: Live;
    release?: string;
}

/**
 * What the service will be once an open switch is settled, and what must be done for that: it is finished if its target
 * is proved and ready, else undone. A live release that was never judged to its end is judged again, unless the link is
 * about to leave it. A farewell that is still owed stays open for the plan.
 */
export function settle(service: ObservedService, leaves = false): { service: ObservedService; recovery?: Recovery } {
    const intent = service.intent;
    if (intent?.kind !== "switch") {
        return leaves ? { service: withoutBake(service) } : settleBake(service);
    }
    const target = service[intent.to];
    const isWhole = target.ready >= target.replicas || isDeserted(service, intent.from, intent.to);
    const finishable = target.release?.id === intent.release && target.release.proved && target.replicas > 0 && isWhole;
    const recovery: Recovery = finishable
        ? { kind: "finish", live: intent.to, release: intent.release }
        : { kind: "undo", live: intent.from, release: releaseOf(service, intent.from) };
    return {
        recovery,
        service: {
            ...(finishable ? withVerdict(service, intent.verdict) : service),
            live: recovery.live,
            confirmed: recovery.live,
            percent: 0,
            // Settling writes memory and file.
            written: undefined,
            intent: finishable ? farewellOf(intent) : undefined,
        },
    };
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
