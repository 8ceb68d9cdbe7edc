import type { ObservedColor, ObservedService } from "../model/ObservedService";
import type { PolicySettings } from "../model/PolicySettings";
import type { Release } from "../model/Release";

/** @returns whether a color holds the wanted release; false before the stack has a key, since a release has no id then. */
export function same<T extends Release>(held: T | undefined, wanted: Release): held is T {
    return held?.id !== undefined && held.id === wanted.id;
}

/** @returns why a release was judged bad; undefined when it was not, or when `retryToken` has changed since. */
export function judged(service: ObservedService, wanted: Release, policy: PolicySettings): string | undefined {
    const onColor = [service.blue.release, service.green.release].find(release => same(release, wanted));
    const judgement = onColor?.judgedBad ?? (wanted.id === undefined ? undefined : service.judgedBad[wanted.id]);
    return judgement !== undefined && judgement.retryToken === policy.retryToken ? judgement.reason : undefined;
}

/** @returns the number of a promotion. An unfinished one keeps its number, so that no hook runs twice. */
export function promotionOf(service: ObservedService, color: ObservedColor, wanted: Release): number {
    return same(color.release, wanted) ? color.release.promotion : service.promotions + 1;
}
