import { createPrivateKey, X509Certificate } from "node:crypto";
import type { IssuedCertificate } from "../model/RecordedCertificate";

/**
 * @param chain the certificate and those of its issuers, PEM
 * @param key its private key, PEM
 * @returns what was issued
 * @throws Error where the key is not the certificate's
 */
export function issuedOf(chain: string, key: string): IssuedCertificate {
    const blocks = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    const certificates = blocks.map(block => new X509Certificate(block));
    const [leaf] = certificates;
    const privateKey = createPrivateKey(key);
    if (!leaf?.checkPrivateKey(privateKey)) {
        throw new Error("it gave a certificate that is not for our key");
    }
    const texts = [...certificates.map(String), String(privateKey.export({ type: "pkcs8", format: "pem" }))];
    return {
        pem: texts.map(text => text.trim()).join("\n"),
        fingerprint: leaf.fingerprint.replaceAll(":", ""),
        hosts: hostsOf(leaf),
        notBefore: leaf.validFromDate.toISOString(),
        notAfter: leaf.validToDate.toISOString(),
    };
}

function hostsOf({ subjectAltName = "" }: X509Certificate): string[] {
    const names = subjectAltName.matchAll(/(?:^|, )(?:DNS|IP Address):([A-Za-z0-9.:*-]+)/g);
    return [...names].map(([, name]) => name!.toLowerCase());
}
