/** What is open on a color, or on some of its slots. */
export interface OpenRequests {
    /** Requests and tunnels that are in work or waiting. */
    requests: number;
    /** Soft-stopped workers of HAProxy that still link to the color. They cannot be told anything else. */
    pinnedWorkers: number;
    /** Whether HAProxy sends new requests to the color. Also true where no worker answers that question. */
    isLinked: boolean;
}

/** @returns in words: `2 open requests and 1 connections' old worker`. */
export function openText({ requests, pinnedWorkers }: Pick<OpenRequests, "requests" | "pinnedWorkers">): string {
    const open = `${requests} open ${requests === 1 ? "request" : "requests"}`;
    return pinnedWorkers === 0 ? open : `${open} and ${pinnedWorkers} connections' old worker`;
}
