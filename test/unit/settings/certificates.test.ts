import { beforeAll, describe, expect, it } from "vitest";
import { covers, endsSoon, renewAfter } from "../../../model/Certificate";
import { tlsListener } from "../../../model/FrontSettings";
import { Authority, type MadeCertificate, selfSigned } from "../../support/certificates";
import { configWith, linesOf, problemsIn, settingsOf } from "./support";

let authority: Authority;
let shop: MadeCertificate;
let other: MadeCertificate;
beforeAll(async () => {
    authority = await Authority.create();
    shop = await authority.issue({ hosts: ["shop.example.com", "*.Shop.example.com"] });
    other = await authority.issue({ hosts: ["other.example.com"] });
});

/** A config with HTTPS by one certificate. */
function withHttps(pem: unknown, others: { https?: object; http?: object; service?: object } = {}) {
    const front = { https: { certificates: ["shop"], ...others.https }, http: { ...others.http } };
    return configWith(others.service, { front, certificates: { shop: pem } });
}

const bundle = (...parts: string[]) => parts.join("\n");
const good = () => bundle(shop.certificate, authority.intermediate, shop.key);

describe("a certificate", () => {
    it("is read with its names, times and fingerprint, and without empty lines, the key last", () => {
        const { https } = settingsOf(
            withHttps(`a word before\n\n${bundle(shop.key, good())}`.replace(shop.key, "")),
        ).front;
        const [certificate] = https!.certificates;
        expect(certificate).toMatchObject({ name: "shop", hosts: ["shop.example.com", "*.shop.example.com"] });
        expect(certificate!.fingerprint).toMatch(/^[0-9A-F]{40}$/);
        expect(certificate!.pem.match(/-----BEGIN [A-Z ]+-----/g)).toEqual([
            "-----BEGIN CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----",
            "-----BEGIN PRIVATE KEY-----",
        ]);
        expect(certificate!.pem).not.toMatch(/\n\n|\r/);
    });

    it("may come with Windows' line ends", () => {
        const [certificate] = settingsOf(withHttps(good().replaceAll("\n", "\r\n"))).front.https!.certificates;
        expect(certificate!.pem).not.toContain("\r");
    });

    it.each<[string, () => unknown, RegExp]>([
        ["is missing its key", () => shop.certificate, /holds no key/],
        ["is a key alone", () => shop.key, /holds no certificate/],
        [
            "has the key of another one",
            () => bundle(shop.certificate, other.key),
            /a key that is not the one of its first/,
        ],
        ["has two keys", () => bundle(shop.certificate, shop.key, other.key), /holds two keys/],
        [
            "comes after its issuer",
            () => bundle(authority.intermediate, shop.certificate, shop.key),
            /a key that is not the one of its first certificate \(CN=relink test intermediate\)/,
        ],
        [
            "has a foreign issuer",
            () => bundle(shop.certificate, other.certificate, shop.key),
            /number 2 \(CN=other.example.com\) did not issue number 1 \(CN=shop.example.com\)/,
        ],
        ["is not a text", () => ({ file: "x" }), /is not a text/],
        ["is cut short", () => good().replace(/\n.*/, ""), /cannot be read \(number 1\)/],
        [
            "has a key with a passphrase",
            () => bundle(shop.certificate, shop.key.replaceAll("PRIVATE KEY", "ENCRYPTED PRIVATE KEY")),
            /a key with a passphrase/,
        ],
    ])("is refused if it %s", (_, pem, message) => {
        const problems = problemsIn(withHttps(pem()));
        expect(problems.map(({ path }) => path)).toEqual([["certificates", "shop"]]);
        expect(problems[0]!.message).toMatch(message);
        expect(problems[0]!.fix).toContain("pulumi config set --secret --path 'relink:certificates.shop' < PEM_FILE");
        expect(JSON.stringify(problems)).not.toContain(shop.key.split("\n")[1]);
    });

    it("is reported without its issuer's if it comes alone and needs one", async () => {
        const missing = (pem: string) => settingsOf(withHttps(pem)).front.https!.certificates[0]!.missingIssuer;
        expect(missing(good())).toBeUndefined();
        expect(missing(bundle(shop.certificate, shop.key))).toBe("CN=relink test intermediate");
        const own = await selfSigned("shop.example.com");
        expect(missing(bundle(own.certificate, own.key))).toBeUndefined();
    });

    it("is refused if it has expired, or is not valid yet", async () => {
        const old = await authority.bundle({ hosts: ["a.example.com"], fromSeconds: -3600, toSeconds: -60 });
        const young = await authority.bundle({ hosts: ["a.example.com"], fromSeconds: 3600 });
        expect(linesOf(withHttps(old))).toEqual([expect.stringMatching(/^relink:certificates.shop: has expired on 2/)]);
        expect(linesOf(withHttps(young))).toEqual([
            expect.stringMatching(/^relink:certificates.shop: is valid only from 2/),
        ]);
    });

    it("is refused if it names no host", async () => {
        const nobody = await authority.bundle({ hosts: [] });
        expect(linesOf(withHttps(nobody))).toEqual([expect.stringContaining("is for no host")]);
    });
});

describe("HTTPS", () => {
    it("is off by default", () => {
        expect(settingsOf(configWith()).front.https).toBeUndefined();
    });

    it("has the default certificate first", async () => {
        const front = { https: { certificates: ["shop", "api"], default: "api" } };
        const certificates = { shop: good(), api: await authority.bundle({ hosts: ["api.example.com"] }) };
        const tls = tlsListener(settingsOf(configWith({}, { front, certificates })).front);
        expect(tls!.certificates).toEqual(["api", "shop"]);
    });

    it.each<[string, () => object, string[]]>([
        [
            "without a certificate",
            () => configWith({}, { front: { https: { certificates: [] } } }),
            [
                "relink:front.https.certificates: is empty, and neither acme nor selfSigned is set: HTTPS needs a certificate",
            ],
        ],
        [
            "with a name that is not there",
            () => configWith({}, { front: { https: { certificates: ["shop"] } } }),
            ["relink:front.https.certificates[0]: names the certificate shop, which relink:certificates does not hold"],
        ],
        [
            "with another default",
            () => withHttps(good(), { https: { default: "api" } }),
            [
                "relink:front.https.default: is api, but must be one of front.https.certificates, or a host that gets one by ACME",
            ],
        ],
        [
            "for a host without a certificate, to which it redirects",
            () => withHttps(good(), { http: { redirectToHttps: 308 }, service: { hosts: ["www.example.com"] } }),
            [
                "relink:services.web.hosts[0]: is redirected to HTTPS, but no certificate of front.https covers www.example.com",
            ],
        ],
        [
            "on a port that is taken",
            () => withHttps(good(), { https: { port: 80 } }),
            ["relink:front.https.port: makes https use port 80, which http uses already"],
        ],
    ])("is refused %s", (_, config, lines) => {
        expect(linesOf(config())).toEqual(lines);
    });

    it("is needed by a redirect and by a certificate", () => {
        expect(linesOf(configWith({}, { front: { http: { redirectToHttps: 301 } } }))).toEqual([
            "relink:front.http.redirectToHttps: is set, but there is no HTTPS to redirect to: front.https is not set",
        ]);
        expect(linesOf(configWith({}, { certificates: { shop: good() } }))).toEqual([
            "relink:certificates.shop: is not used: front.https.certificates does not name it",
        ]);
    });
});

describe("a certificate's names and times", () => {
    it.each([
        ["shop.example.com", true],
        ["a.shop.example.com", true],
        ["a.b.shop.example.com", false],
        ["example.com", false],
    ])("cover %s: %s", (host, covered) => {
        expect(covers(["shop.example.com", "*.shop.example.com"], host)).toBe(covered);
    });

    it("ask for a renewal after two thirds, and warn in the last sixth", () => {
        const times = { notBefore: "2026-01-01T00:00:00.000Z", notAfter: "2026-03-02T00:00:00.000Z" };
        expect(renewAfter(times)).toBe("2026-02-10T00:00:00.000Z");
        expect(endsSoon(times, Date.parse("2026-02-19T23:59:00Z"))).toBe(false);
        expect(endsSoon(times, Date.parse("2026-02-20T00:01:00Z"))).toBe(true);
    });
});
