import type { HealthSettings } from "../model/HealthSettings";
import type { ReleaseSettings } from "../model/ReleaseSettings";

/**
 * Compares what all containers of a color share: their backend in HAProxy. Two releases that differ in it cannot serve side
 * by side on one color.
 * @returns the settings that differ
 */
export function sharedChanges(held: ReleaseSettings, wanted: ReleaseSettings): string[] {
    if (held.port === undefined && wanted.port === undefined) {
        return [];
    }
    const now: Record<string, unknown> = sharedOf(held);
    return Object.entries(sharedOf(wanted))
        .filter(([key, value]) => JSON.stringify(now[key]) !== JSON.stringify(value))
        .map(([key]) => key);
}

function sharedOf({
    port,
    routePorts,
    protocol,
    sendProxy,
    maxReplicas,
    timeouts,
    backendLines,
    sticky,
    health,
}: ReleaseSettings) {
    const check = Object.entries(checkOf(health)).map(([key, value]) => [`health.${key}`, value]);
    return {
        port,
        "routes[].port": routePorts,
        protocol,
        sendProxy,
        maxReplicas,
        "timeouts.server": timeouts.serverMs,
        "haproxy.backend": backendLines,
        sticky,
        ...Object.fromEntries(check),
    };
}

/** HAProxy's part of the health check. A host that only comes from the routes changes nothing. */
function checkOf({
    path,
    tcp,
    port,
    send,
    expect,
    status,
    intervalMs,
    timeoutMs,
    rise,
    fall,
    ...health
}: HealthSettings) {
    const host = health.hostIsDefault ? "" : health.host;
    return { path, tcp, port, send, expect, host, status, interval: intervalMs, timeout: timeoutMs, rise, fall };
}
