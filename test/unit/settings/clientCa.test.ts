import { beforeAll, describe, expect, it } from "vitest";
import { tlsListener } from "../../../model/FrontSettings";
import { Authority, selfSigned } from "../../support/certificates";
import { configWith, linesOf, settingsOf } from "./support";

let root: string;
let leaf: string;

beforeAll(async () => {
    root = (await Authority.create()).root;
    leaf = (await selfSigned("shop.example.com")).certificate;
});

/** The program has read the file. */
const read = (text: string) => ({ path: "ca.pem", text });
const withHttps = (https: object, front: object = {}) =>
    configWith({}, { front: { https: { selfSigned: true, ...https }, ...front } });

describe("front.https.clientCa", () => {
    it("names the authorities of clients, which have to show a certificate then", () => {
        const { front } = settingsOf(withHttps({ clientCa: read(`a comment\n${root}\n${root}\n`) }));
        const { clients } = front.https!;
        expect(clients).toMatchObject({ verify: "required", text: `${root.trim()}\n`.repeat(2) });
        expect(clients?.file).toMatch(/^clients-[0-9a-f]{12}\.pem$/);
        expect(tlsListener(front)?.clients).toEqual({ file: clients?.file, verify: "required" });
        const optional = settingsOf(withHttps({ clientCa: read(root), clientVerify: "optional" })).front;
        expect(optional.https?.clients?.verify).toBe("optional");
        expect(settingsOf(withHttps({})).front.https).not.toHaveProperty("clients");
    });

    it("passes on no key that is in the file too", () => {
        const key = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----";
        const { front } = settingsOf(withHttps({ clientCa: read(`${key}\n${root}`) }));
        expect(JSON.stringify(front)).not.toContain("c2VjcmV0");
    });

    it.each<[string, () => object, string]>([
        ["no text", () => ({ clientCa: 3 }), "clientCa: is 3, but must be the path of a PEM file with"],
        ["no certificate", () => ({ clientCa: read("x") }), "clientCa: is a file without a certificate"],
        [
            "a certificate of a host",
            () => ({ clientCa: read(`${root}\n${leaf}`) }),
            "clientCa: is a file with a certificate that is no authority's: number 2 (CN=shop.example.com)",
        ],
        [
            "what is no certificate",
            () => ({ clientCa: read("-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----") }),
            "clientCa: is a file with a certificate that cannot be read: number 1",
        ],
        [
            "no authority",
            () => ({ clientVerify: "required" }),
            "clientVerify: is required, but front.https.clientCa does not",
        ],
        [
            "another word",
            () => ({ clientCa: read(root), clientVerify: "none" }),
            'clientVerify: is "none", but must be one of',
        ],
    ])("is refused with %s", (_, https, says) => {
        expect(linesOf(withHttps(https()))).toEqual([expect.stringContaining(`relink:front.https.${says}`)]);
    });
});

describe("front.https.http3", () => {
    it("tells clients the port of HTTPS", () => {
        expect(tlsListener(settingsOf(withHttps({ http3: true, port: 8443 })).front)?.http3).toEqual({ port: 8443 });
        expect(tlsListener(settingsOf(withHttps({})).front)).not.toHaveProperty("http3");
    });

    it("is refused with the PROXY protocol", () => {
        const proxies = { proxyProtocol: true, trustedProxies: ["192.0.2.10"] };
        expect(linesOf(withHttps({ http3: true }, proxies))).toEqual([
            "relink:front.https.http3: is true, but front.proxyProtocol is too, which HTTP/3 does not know",
        ]);
    });
});
