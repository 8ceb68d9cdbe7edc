import { type FrontSettings, httpsPort } from "../model/FrontSettings";
import { listenerPorts, tcpPortInside } from "./listeners";
import { http3Label } from "./quic";

/** The anchor's label with the ports that it publishes for TCP services, `5432,6379`. */
export const tcpLabel = "relink.front.tcp.ports";

/**
 * @returns the settings that are fixed when the anchor is created, as its labels. By them a change is refused (frontPlan.ts)
 * before it replaces the anchor.
 */
export function fixedLabels(settings: FrontSettings): Record<string, string> {
    const { address, http, https, preview, metrics, tcpPorts } = settings;
    return {
        "relink.front.address": address ?? "all",
        "relink.front.http.port": String(http.port),
        "relink.front.https.port": String(httpsPort(settings)),
        "relink.front.preview.port": String(preview.port),
        "relink.front.metrics.port": String(metrics.port),
        ...(tcpPorts.length > 0 && { [tcpLabel]: tcpPorts.join(",") }),
        ...(https?.http3 && { [http3Label.name]: http3Label.value }),
    };
}

/**
 * @returns the ports that the anchor publishes from its creation, https too: adding a port later would need a new anchor. The UDP
 * port of HTTP/3 is among them where HTTP/3 is on at that time. They are in the order of the inner ports, as Pulumi's Docker plugin reads them back.
 */
export function publishedPorts(
    settings: FrontSettings,
): { key: string; internal: number; external: number; ip?: string; protocol?: "udp" }[] {
    const { http, https, preview, metrics, address, tcpPorts } = settings;
    const local = "127.0.0.1";
    const secure = { internal: listenerPorts.https, external: httpsPort(settings), ip: address };
    const key = https?.port === undefined ? "http.port" : "https.port";
    const ports = [
        { key: "http.port", internal: listenerPorts.http, external: http.port, ip: address },
        { key: "preview.port", internal: listenerPorts.preview, external: preview.port, ip: local },
        { key: "metrics.port", internal: listenerPorts.metrics, external: metrics.port, ip: local },
        { key, ...secure },
        ...(https?.http3 ? [{ key, ...secure, protocol: "udp" as const }] : []),
        ...tcpPorts.map(port => ({ key: "tcp", internal: tcpPortInside(port), external: port, ip: address })),
    ];
    return ports.sort((one, other) => one.internal - other.internal);
}

/** @returns the same without the UDP port */
export function tcpPorts(settings: FrontSettings): ReturnType<typeof publishedPorts> {
    return publishedPorts(settings).filter(({ protocol }) => protocol === undefined);
}
