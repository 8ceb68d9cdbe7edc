import { nounOf, singular } from "../model/trafficNoun";

/** What is open on a color, or on some of its slots. */
export interface OpenRequests {
    /** Requests and tunnels that are in work or waiting; of a TCP service its connections. */
    requests: number;
    /** They are connections of a TCP service. @default undefined (requests) */
    isTcp?: true;
    /** Soft-stopped workers of HAProxy that still link to the color. They cannot be told anything else. */
    pinnedWorkers: number;
    /** Whether HAProxy sends new requests to the color. Also true where no worker answers that question. */
    isLinked: boolean;
}

/** @returns in words: `2 open requests and 1 connections' old worker`. */
export function openText({ pinnedWorkers, ...open }: Omit<OpenRequests, "isLinked">): string {
    const text = countText(open);
    return pinnedWorkers === 0 ? text : `${text} and ${pinnedWorkers} connections' old worker`;
}

/** @returns in words: `1 open request`, `2 open connections` */
export function countText({ requests, isTcp }: Pick<OpenRequests, "requests" | "isTcp">): string {
    const noun = nounOf(isTcp);
    return `${requests} open ${requests === 1 ? singular(noun) : noun}`;
}
