import { keepOpen, plainly } from "./keepOpen";
import type { Target } from "./messages";
import type { Tally } from "./Tally";

/** Connections that send nothing: a fifth of them on the port of TLS, whose handshake never begins. */
export function idleConnections({ inside: { host, http, https }, idle }: Target, tally: Tally): void {
    const secure = Math.round(idle / 5);
    keepOpen({ most: idle - secure, perSecond: 4_000, what: "HTTP" }, tally, () => plainly(host, http));
    keepOpen({ most: secure, perSecond: 1_000, what: "HTTPS" }, tally, () => plainly(host, https));
}
