import type { Color } from "../model/Color";
import { isGivingBack, nextOf, type SwitchIntent } from "../model/Intent";
import type { LinkMove } from "../model/LinkMove";
import { withMove } from "../model/linkHistory";
import type { ServiceRecord } from "../model/Record";
import type { RecordedRelease } from "../model/Release";
import type { Verdict } from "../model/Verdict";
import type { CountersByWorker } from "../model/Window";
import { isStop } from "./stop";
import type { Up } from "./Up";

/**
 * A switch is done: its color is the last confirmed one, and, unless it is still to be judged, what a rollback goes back to.
 * A verdict on it from an earlier try is void.
 */
export async function settleRecord(
    up: Up,
    done: Omit<SwitchIntent, "kind">,
    result: LinkMove["result"],
): Promise<void> {
    const { from, to, release, percent, sticky } = done;
    const move = await madeNow(up, { from, to, percent, release, result });
    const intent = nextOf(done, new Date(move.at));
    const isNewlyLive = result === "confirmed" && percent === undefined && from !== to;
    const liveSince = isNewlyLive ? await countedNow(up, to) : undefined;
    await up.journal.record(record => {
        const { [release]: _void, ...judgedBad } = record.judgedBad;
        const known = record.releases[release] as RecordedRelease;
        // A share is not all of it, and what is gone back to is as stable, and as bad, as it was.
        const isBack = result !== "confirmed" || isGivingBack(done);
        const isStable = percent !== undefined || isBack ? known.linked : intent?.kind !== "bake";
        const isBad = isBack && !known.linked;
        const linked = { ...known, linked: isStable || known.linked, judgedBad: isBad ? known.judgedBad : undefined };
        const settled = {
            ...record,
            intent,
            link: {
                live: to,
                release: percent === undefined ? release : record[to as Color].release,
                ...(percent === undefined || isGivingBack(done) ? {} : { percent, sticky }),
                at: move.at,
                by: move.by,
            },
            history: withMove(record, move),
            stable: isStable && percent === undefined ? { color: to, release } : record.stable,
            releases: { ...record.releases, [release]: linked },
            judgedBad,
            ...(isNewlyLive ? { [to]: { ...record[to as Color], liveSince } } : {}),
        };
        return withVerdict(settled, done.verdict);
    });
}

/**
 * @returns what HAProxy has counted of a color by now, for {@link RecordedColor.liveSince}. Undefined where HAProxy does
 * not answer: a comparison can do without, and the switch was not a failure because of it.
 */
export async function countedNow(up: Up, color: Color): Promise<CountersByWorker | undefined> {
    try {
        return (await up.front.counters())[color];
    } catch (error) {
        if (isStop(error)) {
            throw error;
        }
        return undefined;
    }
}

/** A move of the link that ends now, by us. */
export async function madeNow(up: Up, move: Omit<LinkMove, "at" | "by" | "image">): Promise<LinkMove> {
    return { at: (await up.clock.hostNow()).toISOString(), by: up.journal.owner, ...move };
}

/** Users stay with a release that was judged bad: it is what is confirmed, and neither stable nor tried again. */
export function keptOn(
    record: ServiceRecord,
    { to, release, percent, sticky }: SwitchIntent,
    move: LinkMove,
    verdict: Verdict,
): ServiceRecord {
    const { at, by } = move;
    const link = percent === undefined ? { live: to, release, at, by } : { ...record.link, percent, sticky, at, by };
    return { ...unconfirmed(record, move, verdict), link };
}

/** The link did not move, or not all the way: what was confirmed before is, without a share. */
export function unconfirmed(record: ServiceRecord, move: LinkMove, verdict: Verdict | undefined): ServiceRecord {
    const { percent: _percent, sticky: _sticky, ...link } = record.link;
    return withVerdict({ ...record, link, intent: undefined, history: withMove(record, move) }, verdict);
}

/** The release as it was, with the reason why it is not tried again by itself. */
export function withVerdict(record: ServiceRecord, verdict: Verdict | undefined): ServiceRecord {
    const judged = verdict && record.releases[verdict.release];
    if (verdict === undefined || judged === undefined) {
        return record;
    }
    const { reason, retryToken } = verdict;
    const releases = { ...record.releases, [verdict.release]: { ...judged, judgedBad: { reason, retryToken } } };
    return { ...record, releases };
}
