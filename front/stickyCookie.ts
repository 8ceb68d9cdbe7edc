import { createHmac } from "node:crypto";

/** The cookie that keeps each user of a service on one container. */
export interface StickyCookie {
    /** Each service has its own, because several may have paths of one host. */
    name: string;
    /** HAProxy makes a server's value from its address and this. The colors have other addresses, hence other values. */
    key: string;
}

/**
 * Makes a service's cookie from the stack's random key, so that neither name nor value tells a client anything, and both
 * stay the same through reloads, releases and a new front.
 */
export function stickyCookie(stackKey: Buffer, service: string): StickyCookie {
    const digest = createHmac("sha256", stackKey).update(`sticky cookie of ${service}`).digest("hex");
    return { name: `relink-${digest.slice(0, 8)}`, key: digest.slice(32) };
}
