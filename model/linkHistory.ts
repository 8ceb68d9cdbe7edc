import type { LinkMove } from "./LinkMove";
import type { ServiceRecord } from "./Record";

/** How many moves a record keeps. */
export const keptMoves = 20;

/** The moves that a record knows, oldest first. One without a history knows its last confirmed move all the same. */
export function linkHistory({ history, link, releases }: ServiceRecord): LinkMove[] {
    const { live: to, at, by, release } = link;
    return history.length > 0 || at === undefined || by === undefined
        ? history
        : [{ at, by, to, release, image: releases[release ?? ""]?.image, result: "confirmed" }];
}

/** The history with one move more, and without those that are too old. */
export function withMove(record: ServiceRecord, move: Omit<LinkMove, "image">): LinkMove[] {
    const image = record.releases[move.release ?? ""]?.image;
    return [...linkHistory(record), { ...move, image }].slice(-keptMoves);
}
