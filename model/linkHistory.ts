import { type Live, shareOf } from "./Observed";
import type { ServiceRecord } from "./Record";

/** One move of a service's link, as the record remembers it. */
export interface LinkMove {
    /** When it ended, by the Docker host's clock. */
    at: string;
    /** Who did it. */
    by: string;
    /** Unknown for the only move that an earlier version of relink has left. */
    from?: Live;
    to: Live;
    /** Share of requests that the other color got, percent: a canary. @default 0 */
    percent?: number;
    release?: string;
    image?: string;
    /**
     * `confirmed`: users have it. `moved back`: it could not be confirmed. `kept`: neither, but nobody was left to go back
     * to. `taken back`: its `up` had died.
     */
    result: "confirmed" | "moved back" | "kept" | "taken back";
}

/** A move of the link, in words. */
export function moveText({ from, to, percent }: Pick<LinkMove, "from" | "to" | "percent">): string {
    const share = shareOf({ live: to, percent });
    const all = share === undefined ? to : `${to}, ${share}`;
    return from === undefined ? `link => ${all}` : from === to ? `link ${all}` : `link ${from} => ${all}`;
}

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
