/** A certificate with its key, as the stack config has it. settings/certificates.ts has checked it. */
export interface Certificate {
    /** Name under `relink:certificates`. HAProxy's file is named after it. */
    name: string;
    /** The certificate, the intermediate certificates and the key in PEM, without empty lines. Secret: it holds the key. */
    pem: string;
    /** DNS names that the certificate is for, in lower case, `*.example.com` among them. */
    hosts: string[];
    /** First moment at which the certificate is valid, ISO 8601. */
    notBefore: string;
    /** Last moment at which the certificate is valid, ISO 8601. */
    notAfter: string;
    /** SHA-1 of the certificate, 40 hexadecimal digits in upper case, as HAProxy's `show ssl cert` shows it. */
    fingerprint: string;
    /**
     * Who issued the certificate, where it comes alone and no public root did: most clients do not trust it then.
     * @default undefined (it comes with its issuer, or needs none)
     */
    missingIssuer?: string;
    /** SHA-256 of the certificate and of those that issued it, hexadecimal. The key is not part of it. */
    digest: string;
}

/** A certificate as HAProxy gets it. */
export type CertificateFile = Pick<Certificate, "pem" | "fingerprint">;

/** The part of a certificate's lifetime after which it is due for renewal: two thirds, as Let's Encrypt advises. */
const renewalShare = 2 / 3;

/** @returns when a certificate should be renewed, ISO 8601 */
export function renewAfter({ notBefore, notAfter }: Pick<Certificate, "notBefore" | "notAfter">): string {
    const [from, to] = [Date.parse(notBefore), Date.parse(notAfter)];
    return new Date(from + (to - from) * renewalShare).toISOString();
}

/** @returns when the last sixth of a certificate's lifetime begins, milliseconds since 1970: it should be renewed by then */
export function lastSixthMs({ notBefore, notAfter }: Pick<Certificate, "notBefore" | "notAfter">): number {
    const [from, to] = [Date.parse(notBefore), Date.parse(notAfter)];
    return to - (to - from) / 6;
}

/** @returns whether less than a sixth of a certificate's lifetime is left */
export function endsSoon(certificate: Pick<Certificate, "notBefore" | "notAfter">, nowMs: number): boolean {
    return nowMs > lastSixthMs(certificate);
}

/** @returns whether a certificate for these names covers a host. `*` stands for exactly one label */
export function covers(names: readonly string[], host: string): boolean {
    return names.includes(host) || names.includes(host.replace(/^[^.]+\./, "*."));
}
