import { describe, expect, it } from "vitest";
import { tlsListener } from "../../../model/FrontSettings";
import { configWith, linesOf, settingsOf } from "./support";

const shop = { hosts: ["shop.example.com", "*.example.com"] };

function withAcme(https: object, service: object = { hosts: ["shop.example.com"] }, front: object = {}) {
    return configWith(service, { front: { https, ...front } });
}

describe("certificates by ACME", () => {
    it("are one for each host of a service or a redirect, but the default of all", () => {
        const redirects = { "www.example.com": "shop.example.com" };
        const { https } = settingsOf(withAcme({ acme: { dnsHook: "true" } }, shop, { redirects })).front;
        expect(https?.managed).toEqual([
            { name: "_wildcard.example.com", hosts: ["*.example.com"], by: "acme" },
            { name: "shop.example.com", hosts: ["shop.example.com"], by: "acme" },
            { name: "www.example.com", hosts: ["www.example.com"], by: "acme" },
        ]);
        expect(settingsOf(withAcme({ acme: {} }, { hosts: ["a.example.com", "*"] })).front.https?.managed).toHaveLength(
            1,
        );
    });

    it("come from Let's Encrypt when it asks for it, unless the settings say otherwise", () => {
        const directory = "https://acme-v02.api.letsencrypt.org/directory";
        expect(settingsOf(withAcme({ acme: {} })).front.https?.acme).toEqual({ directory });
        expect(settingsOf(withAcme({ acme: { renewAt: "240h" } })).front.https?.acme).toEqual({
            directory,
            renewBeforeMs: 240 * 3_600_000,
        });
    });

    it("have names that fit a file, also of a very long host", () => {
        const host = `${`${"l".repeat(60)}.`.repeat(4)}example`;
        const [certificate] = settingsOf(withAcme({ acme: {} }, { hosts: [host] })).front.https!.managed;
        expect(certificate?.name.length).toBeLessThan(220);
        expect(certificate?.hosts).toEqual([host]);
    });

    it("begin with the default one", () => {
        const https = { acme: {}, default: "b.example.com" };
        const tls = tlsListener(settingsOf(withAcme(https, { hosts: ["a.example.com", "b.example.com"] })).front);
        expect(tls?.certificates).toEqual(["b.example.com", "a.example.com"]);
    });

    it.each<[string, object, string[]]>([
        [
            "without a host",
            withAcme({ acme: {} }, {}),
            ["relink:front.https.acme: has no host to get a certificate for: no service names one in hosts"],
        ],
        [
            "for a wildcard without DNS",
            withAcme({ acme: {} }, shop),
            [
                "relink:front.https.acme.dnsHook: is missing: an authority gives a certificate for *.example.com only where a TXT record of DNS proves it",
            ],
        ],
        [
            "beside one that relink signs",
            withAcme({ acme: {}, selfSigned: true }),
            ["relink:front.https.selfSigned: is true, but acme is set too: only one of the two gets the certificates"],
        ],
        [
            "with another default",
            withAcme({ acme: {}, default: "x" }),
            [
                "relink:front.https.default: is x, but must be one of front.https.certificates, or a host that gets one by ACME",
            ],
        ],
        [
            "from a directory without TLS",
            withAcme({ acme: { directory: "http://acme.example.com" } }),
            [
                'relink:front.https.acme.directory: is "http://acme.example.com", but must be an https URL of an ACME directory',
            ],
        ],
        [
            "at a time that is none",
            withAcme({ acme: { renewAt: "soon" } }),
            [
                'relink:front.https.acme.renewAt: is "soon", but must be a duration such as 500ms, 10s, 5m or 1h, longer than 0 and up to 24 days',
            ],
        ],
    ])("are refused %s", (_, config, lines) => {
        expect(linesOf(config)).toEqual(lines);
    });
});

describe("a certificate that relink signs", () => {
    it("is for all hosts and for this machine", () => {
        const { https } = settingsOf(withAcme({ selfSigned: true }, shop)).front;
        expect(https?.managed).toEqual([
            {
                name: "_self-signed",
                hosts: ["*.example.com", "shop.example.com", "localhost", "127.0.0.1"],
                by: "relink",
            },
        ]);
    });
});
