import "reflect-metadata";
import { X509Certificate } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { describe, expect, it } from "vitest";
import { issuedOf } from "../../../acme/issuedOf";
import { renewalId } from "../../../acme/renewalId";
import { selfSigned } from "../../../acme/selfSigned";
import { Authority } from "../../support/certificates";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A certificate with this serial number, whose issuer has this key id, hexadecimal. */
async function certificateWith(serialNumber: string, keyId: string): Promise<string> {
    const keys = (await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as CryptoKeyPair;
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
        serialNumber,
        name: "CN=test",
        keys,
        signingAlgorithm: algorithm,
        extensions: [new x509.AuthorityKeyIdentifierExtension(keyId)],
    });
    return certificate.toString("pem");
}

describe("a certificate's id in questions about its renewal", () => {
    // The example of RFC 9773, section 4.1.
    it("is the issuer's key and the serial number as DER has it", async () => {
        const pem = await certificateWith("0087654321", "69885b6b87464041e1b37b847ba0ae2cde01c8d4");
        expect(renewalId(pem)).toBe("aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
    });

    it("has no zero in front of a small number", async () => {
        const pem = await certificateWith("0765432100", "69885b6b87464041e1b37b847ba0ae2cde01c8d4");
        expect(renewalId(pem)).toBe("aYhba4dGQEHhs3uEe6CuLN4ByNQ.B2VDIQA");
    });

    it("is not there for one that does not name its issuer's key", async () => {
        const { certificate } = await (await Authority.create()).issue({ hosts: ["a.example.com"] });
        expect(renewalId(certificate)).toBeUndefined();
    });
});

describe("what was issued", () => {
    it("has the chain and the key, without empty lines", async () => {
        const authority = await Authority.create();
        const { certificate, key } = await authority.issue({ hosts: ["A.example.com", "*.example.com"] });
        const issued = issuedOf(`${certificate}\n\n${authority.intermediate}\n`, key);
        expect(issued.hosts).toEqual(["a.example.com", "*.example.com"]);
        expect(issued.pem.match(/^-----BEGIN (.*)-----$/gm)).toEqual([
            "-----BEGIN CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----",
            "-----BEGIN PRIVATE KEY-----",
        ]);
        expect(issued.pem).not.toMatch(/^\s*$/m);
        expect(issued.fingerprint).toBe(new X509Certificate(certificate).fingerprint.replaceAll(":", ""));
    });

    it("is refused where it is not for our key", async () => {
        const authority = await Authority.create();
        const [one, other] = [await authority.issue({ hosts: ["a"] }), await authority.issue({ hosts: ["a"] })];
        expect(() => issuedOf(one.certificate, other.key)).toThrow("not for our key");
    });
});

describe("a certificate that relink signs itself", () => {
    it("is for hosts and addresses, for a year", async () => {
        const { pem, hosts, notBefore, notAfter } = await selfSigned([
            "shop.example.com",
            "*.example.com",
            "127.0.0.1",
        ]);
        expect(hosts).toEqual(["shop.example.com", "*.example.com", "127.0.0.1"]);
        const certificate = new X509Certificate(pem);
        expect(certificate.checkHost("shop.example.com")).toBeDefined();
        expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
        expect(certificate.verify(certificate.publicKey)).toBe(true);
        expect(Date.parse(notBefore)).toBeLessThan(Date.now());
        expect((Date.parse(notAfter) - Date.now()) / 86_400_000).toBeGreaterThan(364);
    });
});
