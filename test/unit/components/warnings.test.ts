import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it, vi } from "vitest";
import { warnings } from "../../../components/warnings";
import type { Certificate } from "../../../model/Certificate";
import { configWith, settingsOf } from "../settings/support";

afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
});

const shop: Certificate = {
    name: "shop",
    pem: "",
    hosts: ["shop.example.com"],
    notBefore: "2026-01-01T00:00:00.000Z",
    notAfter: "2026-03-02T00:00:00.000Z",
    fingerprint: "",
    digest: "",
};

/** @returns the warnings of a preview at this time, with this certificate */
function saidOf(certificate: Certificate, now: string): string[] {
    vi.useFakeTimers({ now: Date.parse(now) });
    const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
    const settings = settingsOf(configWith());
    settings.front.https = { certificates: [certificate], managed: [], default: "shop", minVersion: "TLSv1.2" };
    warnings(settings, new Map());
    return warn.mock.calls.map(([text]) => text);
}

describe("a preview", () => {
    it("does not warn of a certificate that is valid for long", () => {
        expect(saidOf(shop, "2026-02-01T00:00:00Z")).toEqual([]);
    });

    it("warns of a certificate in the last sixth of its lifetime, and says what to do", () => {
        expect(saidOf(shop, "2026-02-25T00:00:00Z")).toEqual([
            "front: the certificate shop ends on 2026-03-02T00:00:00.000Z. Set relink:certificates.shop to a new one, and " +
                "run pulumi up.",
        ]);
    });

    it("warns of passwords in plain text, unless TLS is sure or may end at a proxy", () => {
        const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
        const users = { alice: `$5$abc$${"x".repeat(43)}` };
        const said = (front: object) => {
            warn.mockClear();
            const settings = settingsOf(configWith({ auth: { basic: ["alice"] } }, { users }));
            warnings({ ...settings, front: { ...settings.front, ...front } }, new Map());
            return warn.mock.calls.map(([text]) => text);
        };
        expect(said({})).toEqual([expect.stringMatching(/^web: passwords \(auth\.basic\) travel in plain text/)]);
        expect(said({ trustedProxies: ["192.0.2.10"] })).toEqual([]);
        expect(said({ http: { port: 80, redirectToHttps: 308 } })).toEqual([]);
    });

    it("warns of a certificate that comes without its issuer's", () => {
        expect(saidOf({ ...shop, missingIssuer: "CN=R11" }, "2026-02-01T00:00:00Z")).toEqual([
            expect.stringContaining("comes without the one of its issuer (CN=R11)"),
        ]);
    });
});
