import { createHash, createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { z } from "zod";
import type { Certificate } from "../model/Certificate";
import type { IssueDetails } from "./leaves";

/** What a certificate of the stack config says, without its name. */
export type CertificateContent = Omit<Certificate, "name">;

const wanted =
    "the certificate, the certificates of its issuers and the key in PEM (-----BEGIN ...-----), one after the other";

/** Stands for a certificate whose value was not read: the CLI does not print it. */
export const unreadCertificate = Symbol("certificate");

/** No certificate that was read has no host. */
const unread: CertificateContent = { pem: "", hosts: [], notBefore: "", notAfter: "", fingerprint: "", digest: "" };

/** A value of `relink:certificates`. The messages repeat nothing of the value, because it holds the key. */
export const certificatePem = z.unknown().transform((raw, context): CertificateContent => {
    if (raw === unreadCertificate) {
        return unread;
    }
    try {
        if (typeof raw !== "string") {
            throw new Unusable(`is ${raw === undefined ? "missing" : "not a text"}, but must be ${wanted}`);
        }
        return readCertificate(raw, Date.now());
    } catch (error) {
        const details: IssueDetails = { says: (error as Error).message, example: "PEM" };
        context.addIssue({ code: "custom", message: "certificate", params: { ...details } });
        return z.NEVER;
    }
});

/** What is wrong with a certificate, as the end of a sentence that begins with the name of its key. */
class Unusable extends Error {}

/** @throws Unusable */
function readCertificate(text: string, nowMs: number): CertificateContent {
    const chain = blocksOf(text, "CERTIFICATE").map(certificateIn);
    const [leaf] = chain;
    if (leaf === undefined) {
        throw new Unusable(`holds no certificate: it must be ${wanted}`);
    }
    const key = keyIn(text);
    if (!leaf.checkPrivateKey(key)) {
        throw new Unusable(`holds a key that is not the one of its first certificate (${nameOf(leaf)})`);
    }
    checkOrder(chain);
    checkTime(leaf, nowMs);
    const hosts = hostsOf(leaf);
    if (hosts.length === 0) {
        throw new Unusable(
            `is for no host: its certificate (${nameOf(leaf)}) has no DNS name as Subject Alternative Name`,
        );
    }
    const certificates = chain.map(certificate => certificate.toString().trim());
    return {
        pem: [...certificates, String(key.export({ type: "pkcs8", format: "pem" })).trim()].join("\n"),
        hosts,
        notBefore: leaf.validFromDate.toISOString(),
        notAfter: leaf.validToDate.toISOString(),
        ...missingIssuer(chain),
        fingerprint: leaf.fingerprint.replaceAll(":", ""),
        digest: createHash("sha256").update(certificates.join("\n")).digest("hex"),
    };
}

function blocksOf(text: string, label: string): string[] {
    return text.match(new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----`, "g")) ?? [];
}

function certificateIn(block: string, index: number): X509Certificate {
    try {
        return new X509Certificate(block);
    } catch {
        throw new Unusable(`holds a certificate that cannot be read (number ${index + 1})`);
    }
}

function keyIn(text: string): KeyObject {
    const [block, another] = blocksOf(text, "(?:[A-Z]+ )?PRIVATE KEY");
    const isEncrypted = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text);
    if (isEncrypted) {
        throw new Unusable(
            "holds a key with a passphrase, which HAProxy cannot ask for: openssl pkey -in KEY removes it",
        );
    }
    if (block === undefined) {
        throw new Unusable(`holds no key: it must be ${wanted}`);
    }
    if (another !== undefined) {
        throw new Unusable("holds two keys");
    }
    try {
        return createPrivateKey(block);
    } catch {
        throw new Unusable("holds a key that cannot be read");
    }
}

/** Each certificate has to be issued by the next one, or clients do not find their way to a root that they know. */
function checkOrder(chain: readonly X509Certificate[]): void {
    chain.slice(1).forEach((issuer, index) => {
        const issued = chain[index]!;
        if (!issued.checkIssued(issuer)) {
            throw new Unusable(
                `holds certificates in the wrong order: number ${index + 2} (${nameOf(issuer)}) did not issue ` +
                    `number ${index + 1} (${nameOf(issued)})`,
            );
        }
    });
}

/** A certificate of a public authority comes with an intermediate one. Only a server can send that to clients. */
function missingIssuer([leaf, ...issuers]: readonly X509Certificate[]): Pick<CertificateContent, "missingIssuer"> {
    if (leaf === undefined || issuers.length > 0 || leaf.checkIssued(leaf)) {
        return {};
    }
    const isPublic = rootCertificates.some(root => leaf.checkIssued(new X509Certificate(root)));
    return isPublic ? {} : { missingIssuer: leaf.issuer.split("\n").at(-1) };
}

function checkTime({ validFromDate, validToDate }: X509Certificate, nowMs: number): void {
    if (validToDate.getTime() <= nowMs) {
        throw new Unusable(`has expired on ${validToDate.toISOString()}`);
    }
    if (validFromDate.getTime() > nowMs) {
        throw new Unusable(`is valid only from ${validFromDate.toISOString()}`);
    }
}

/** @returns the DNS names of a certificate. What stands in its subject alone does not count, as in browsers (RFC 9110, 4.3.4) */
function hostsOf({ subjectAltName = "" }: X509Certificate): string[] {
    return [...subjectAltName.matchAll(/(?:^|, )DNS:([A-Za-z0-9._*-]+)/g)].map(([, host]) => host!.toLowerCase());
}

function nameOf({ subject = "" }: X509Certificate): string {
    return subject.split("\n").at(-1) || "without a subject";
}
