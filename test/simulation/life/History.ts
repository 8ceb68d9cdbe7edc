import { isGivingBack } from "../../../model/Intent";
import type { ServiceRecord } from "../../../model/Record";

/** What was seen of a release, for rules that look back. */
export interface History {
    /** Releases that were judged to be good, or that nothing was to judge. */
    baked: Set<string>;
    /** Release -> the retryToken under which it was last rolled back. */
    rolledBack: Map<string, string | undefined>;
    /** Runs of hooks that succeeded: hook and number of the promotion. */
    hooks: Set<string>;
    /** Which release each promotion belongs to. */
    promotions: Map<number, string>;
}

/**
 * Remembers what was judged, by what the record says before and after.
 * @param isGood what a judgement that ends now has found
 */
export function noteHistory(history: History, before: ServiceRecord, after: ServiceRecord, isGood: boolean): void {
    for (const { id, judgedBad } of Object.values(after.releases)) {
        const known = before.releases[id]?.judgedBad;
        if (judgedBad !== undefined && (known === undefined || known.retryToken !== judgedBad.retryToken)) {
            history.rolledBack.set(id, judgedBad.retryToken);
        }
    }
    const { stable } = after;
    if (stable !== undefined && after.releases[stable.release]?.settings.port === undefined) {
        // No request comes to it, so nothing is to judge it.
        history.baked.add(stable.release);
    }
    const { intent } = before;
    if (intent?.kind === "switch" && after.intent !== intent && !isGivingBack(intent)) {
        const isConfirmed = after.history.at(-1)?.result === "confirmed";
        if (isConfirmed) {
            history.rolledBack.delete(intent.release);
        }
        const isUnjudged = intent.verdict === undefined && (intent.from === "none" || intent.bakeMs === undefined);
        if (isConfirmed && intent.percent === undefined && isUnjudged) {
            // Nothing is to judge it: it is the first one, was judged before, or the user wants no judgement.
            history.baked.add(intent.release);
        }
    }
    if (intent?.kind === "roll" && after.intent === undefined && after.stable?.release === intent.to) {
        // Nothing judges what came container by container.
        history.baked.add(intent.to);
        history.rolledBack.delete(intent.to);
    }
    if (intent?.kind === "bake" && after.intent !== intent && intent.step === undefined && isGood) {
        history.baked.add(intent.release);
    }
}
