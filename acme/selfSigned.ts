import "reflect-metadata";
import { isIP } from "node:net";
import * as x509 from "@peculiar/x509";
import type { IssuedCertificate } from "../model/RecordedCertificate";
import { issuedOf } from "./issuedOf";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Browsers take none that is valid for longer than 825 days, not even from an authority of one's own. */
const lifetimeMs = 365 * 24 * 3_600_000;
/** The clocks of other machines may be behind. */
const earlierMs = 3_600_000;

/** @returns a certificate that its own key has signed, for hosts and addresses */
export async function selfSigned(hosts: readonly string[]): Promise<IssuedCertificate> {
    const keys = (await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as CryptoKeyPair;
    const names = hosts.map(value => ({ type: isIP(value) ? ("ip" as const) : ("dns" as const), value }));
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
        name: "CN=relink, for development",
        keys,
        signingAlgorithm: algorithm,
        notBefore: new Date(Date.now() - earlierMs),
        notAfter: new Date(Date.now() + lifetimeMs),
        extensions: [
            new x509.SubjectAlternativeNameExtension(names),
            new x509.BasicConstraintsExtension(false, undefined, true),
        ],
    });
    const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
    return issuedOf(certificate.toString("pem"), x509.PemConverter.encode(key, "PRIVATE KEY"));
}
