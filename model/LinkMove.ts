import { type Live, shareOf } from "./Live";

/** One move of a service's link, as the record remembers it. */
export interface LinkMove {
    /** End of the move, by the Docker host's clock. */
    at: string;
    /** Whoever ran the `up`: `user@host`. */
    by: string;
    /** Missing in the only move that an earlier version of relink recorded. */
    from?: Live;
    to: Live;
    /** A canary's share of the requests, percent; the other color got it. @default 0 */
    percent?: number;
    release?: string;
    image?: string;
    /**
     * `confirmed`: users' requests follow the link. `moved back`: the link could not be confirmed. `kept`: not
     * confirmed either, but there was no color to go back to. `taken back`: its `up` had died.
     */
    result: "confirmed" | "moved back" | "kept" | "taken back";
}

/** @returns a move of the link in words: `link blue => green` */
export function moveText({ from, to, percent }: Pick<LinkMove, "from" | "to" | "percent">): string {
    const share = shareOf({ live: to, percent });
    const all = share === undefined ? to : `${to}, ${share}`;
    return from === undefined ? `link => ${all}` : from === to ? `link ${all}` : `link ${from} => ${all}`;
}
