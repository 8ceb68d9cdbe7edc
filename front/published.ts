import { type FrontSettings, httpsPortOffset } from "../model/FrontSettings";
import { listenerPorts } from "./frontends";

/**
 * What is fixed when the anchor is created, as its labels, so that a change is refused by name (frontPlan.ts) before it
 * could replace the anchor.
 */
export function fixedLabels({ image, address, http, preview, metrics }: FrontSettings): Record<string, string> {
    return {
        "relink.front.image": image,
        "relink.front.address": address ?? "all",
        "relink.front.http.port": String(http.port),
        "relink.front.preview.port": String(preview.port),
        "relink.front.metrics.port": String(metrics.port),
    };
}

/**
 * What the anchor publishes from the start, https included: a port that is added later would need a new anchor. In the
 * order of the inner ports, as the plugin reads them back.
 */
export function publishedPorts(
    settings: FrontSettings,
): { key: string; internal: number; external: number; ip?: string }[] {
    const { http, preview, metrics, address } = settings;
    const local = "127.0.0.1";
    return [
        { key: "http.port", internal: listenerPorts.http, external: http.port, ip: address },
        { key: "preview.port", internal: listenerPorts.preview, external: preview.port, ip: local },
        { key: "metrics.port", internal: listenerPorts.metrics, external: metrics.port, ip: local },
        { key: "http.port", internal: listenerPorts.https, external: http.port + httpsPortOffset, ip: address },
    ];
}
