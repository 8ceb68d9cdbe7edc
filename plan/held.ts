import type { ObservedColor, ObservedService } from "../model/ObservedService";
import type { PolicySettings } from "../model/PolicySettings";
import type { Release } from "../model/Release";

/** Whether a color holds what is wanted. Before the stack has a key nobody can say. */
export function same<T extends Release>(held: T | undefined, wanted: Release): held is T {
    return held?.id !== undefined && held.id === wanted.id;
}

/** Why a release was judged bad; undefined where it was not, or where `retryToken` has changed since. */
export function judged(service: ObservedService, wanted: Release, policy: PolicySettings): string | undefined {
    const onColor = [service.blue.release, service.green.release].find(release => same(release, wanted));
    const judgement = onColor?.judgedBad ?? (wanted.id === undefined ? undefined : service.judgedBad[wanted.id]);
    return judgement !== undefined && judgement.retryToken === policy.retryToken ? judgement.reason : undefined;
}

/** An unfinished promotion keeps its number, so that a hook that succeeded is not run twice. */
export function promotionOf(service: ObservedService, color: ObservedColor, wanted: Release): number {
    return same(color.release, wanted) ? color.release.promotion : service.promotions + 1;
}
