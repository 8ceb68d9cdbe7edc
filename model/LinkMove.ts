import { type Live, shareOf } from "./Live";

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
