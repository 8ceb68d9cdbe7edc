import type { LinkMove } from "./LinkMove";
import type { ServiceRecord } from "./Record";

/** How many moves a record keeps. */
export const keptMoves = 20;

/**
 * @returns the recorded moves of the link, oldest first; a record of an earlier version has only the last confirmed one
 */
export function linkHistory({ history, link, releases }: ServiceRecord): LinkMove[] {
    const { live: to, at, by, release } = link;
    return history.length > 0 || at === undefined || by === undefined
        ? history
        : [{ at, by, to, release, image: releases[release ?? ""]?.image, result: "confirmed" }];
}

/** @returns the history with one more move, and without the oldest ones beyond {@link keptMoves} */
export function withMove(record: ServiceRecord, move: Omit<LinkMove, "image">): LinkMove[] {
    const image = record.releases[move.release ?? ""]?.image;
    return [...linkHistory(record), { ...move, image }].slice(-keptMoves);
}
