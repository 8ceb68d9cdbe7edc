import { describe, expect, it } from "vitest";
import { writeListeners } from "../../../front/listenerFiles";
import { asFound, uncoveredHosts } from "../../../front/usedFront";
import type { ContainerInfo } from "../../../model/Container";
import type { TlsListener } from "../../../model/FrontSettings";
import { configWith, settingsOf } from "../settings/support";

const near = { gateway: "10.89.0.1", anchor: "10.89.0.2" };
const certificate = { shop: "*.preview.example.com, shop.example.com; until 2027-01-01; sha256 0123456789ab" };
const tls: TlsListener = {
    certificates: ["shop"],
    minVersion: "TLSv1.2",
    certificate,
    redirect: { status: 308, port: 8363 },
};
const settings = settingsOf(
    configWith(
        { hosts: ["pr-12.preview.example.com", "a.b.preview.example.com", "shop.example.com", "*"] },
        { front: { use: "shop-prod" } },
    ),
);

function anchorWith(labels: Record<string, string>): ContainerInfo {
    const named = Object.entries(labels).map(([name, value]) => [`relink.front.${name}`, value]);
    return { labels: Object.fromEntries(named) } as ContainerInfo;
}

function filesWith(tls?: TlsListener): Map<string, string> {
    const files = new Map<string, string>();
    writeListeners(files, { name: "shop-prod", trustedProxies: ["192.0.2.10"], tls }, near);
    return files;
}

const ports = { "http.port": "8000", "https.port": "8363", "preview.port": "9090", "metrics.port": "9404" };

describe("another stack's front", () => {
    it("is where its anchor says, and trusts the proxies that it trusts", () => {
        const found = asFound(settings.front, {
            anchor: anchorWith({ ...ports, address: "192.0.2.1" }),
            files: filesWith(),
        });
        expect(found).toMatchObject({
            name: "shop-prod",
            address: "192.0.2.1",
            http: { port: 8000 },
            preview: { port: 9090 },
            metrics: { port: 9404 },
            trustedProxies: ["192.0.2.10"],
        });
        expect(found.https).toBeUndefined();
    });

    it("has HTTPS where its listeners have it, and no certificate for this stack to show", () => {
        const found = asFound(settings.front, {
            anchor: anchorWith({ ...ports, address: "all" }),
            files: filesWith(tls),
        });
        expect(found).toMatchObject({
            https: { port: 8363, certificates: [], managed: [] },
            http: { redirectToHttps: 308 },
        });
        expect(found.address).toBeUndefined();
    });

    it("covers hosts by its certificates, a wildcard one label of them", () => {
        expect(uncoveredHosts(settings, { files: filesWith(tls) })).toEqual(["a.b.preview.example.com"]);
        expect(uncoveredHosts(settings, { files: filesWith() })).toEqual([]);
        expect(uncoveredHosts(settings, {})).toEqual([]);
    });
});
