import { adminSocket, checked, checkedInteger } from "../haproxy/names";
import type { FrontLines, FrontSettings, FrontTimeouts, TlsListener } from "../model/FrontSettings";
import { tlsDefaults } from "./https";
import { rawLines } from "./rawLines";

/** Most connections of the public listener. */
export const maxConnections = 16_000;
/**
 * Most files that HAProxy opens, where Docker lets it. It takes half as many connections over all listeners, so that previews,
 * metrics and relink's own requests have room when the public listener is full. More would only cost memory.
 */
const openFiles = 40_000;
/** Stands in the place of the hash until `stampHash` writes it. */
const unstamped = "unstamped";

/** Renders `conf/00-global.cfg`: the process, and the defaults of all listeners and backends. For HAProxy 3.0 and later. */
export function renderGlobal(
    front: Pick<FrontSettings, "name" | "timeouts"> & { tls?: TlsListener; haproxy?: FrontLines },
): string {
    const time = (key: keyof FrontTimeouts) =>
        `${checkedInteger(`front.timeouts.${key}`, front.timeouts[key], 1, 2_147_483_647)}ms`;
    return `# Front ${checked("front name", front.name)}. relink writes these files whole: what is changed by hand is lost.

global
    # A worker that answers \`show env RELINK_CONFIG\` with another hash than this runs an older configuration.
    setenv RELINK_CONFIG ${unstamped}
    log stdout format raw local0 info
    # HAProxy takes half as many connections as it may open files: so many, or what Docker lets a container open.
    fd-hard-limit ${openFiles}
    stats socket ${adminSocket} mode 600 level admin expose-fd listeners
    stats timeout 30s
    # Old workers may serve what they have for as long as a tunnel may be silent.
    hard-stop-after ${[time("tunnelMs"), ...tlsDefaults(front.tls), ...rawLines("front.haproxy.global", front.haproxy?.global)].join("\n")}

defaults relink
    mode http
    log global
    option httplog
    # A line only for what went wrong: errors, timeouts, retries, 5xx. One for each request costs a quarter of the throughput.
    option dontlog-normal
    option dontlognull
    # HTTP/2 is agreed on by TLS alone: without it, a request that upgrades itself could get past a proxy before us.
    option disable-h2-upgrade
    # A reload answers one more request on each idle connection instead of closing it under the client's hands.
    option idle-close-on-response
    # A server that refuses a connection is left at once, not after the last of the retries.
    option redispatch 1
    retries 3
    timeout connect ${time("connectMs")}
    timeout client ${time("clientMs")}
    timeout server ${time("serverMs")}
    timeout http-request ${time("httpRequestMs")}
    timeout http-keep-alive ${time("httpKeepAliveMs")}
    timeout queue ${time("queueMs")}
    timeout tunnel ${time("tunnelMs")}
    timeout client-fin ${time("clientFinMs")}
    timeout server-fin ${time("serverFinMs")}
    timeout check ${time("checkMs")}
`;
}
