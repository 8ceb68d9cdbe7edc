import { parsePrivateJson } from "../text/privateJson";
import { lastSixthMs, renewAfter } from "./Certificate";
import type { AcmeSettings, ManagedCertificate } from "./FrontSettings";

/** A certificate that relink got itself, with its key. */
export interface IssuedCertificate {
    /** The certificate, the intermediate certificates and the key in PEM, without empty lines. Secret: it holds the key. */
    pem: string;
    /** SHA-1 of the certificate, 40 hexadecimal digits in upper case. */
    fingerprint: string;
    /** DNS names and addresses that the certificate is for, in lower case. */
    hosts: string[];
    /** ISO 8601. */
    notBefore: string;
    /** ISO 8601. */
    notAfter: string;
}

/** When an authority would like a certificate to be renewed (ARI, RFC 9773), ISO 8601. */
export interface RenewalWindow {
    from: string;
    to: string;
}

/** What the record has of one certificate that relink gets itself: a file `certificates/NAME.json`, mode 0600. */
export interface RecordedCertificate {
    format: 1;
    /** HAProxy's file is named after it. */
    name: string;
    /** @default undefined (none was issued yet) */
    issued?: IssuedCertificate & {
        /** The directory of the authority; undefined for one that relink signed itself. */
        directory?: string;
        /** @default undefined (the authority's default) */
        profile?: string;
        /** What the authority asks for. @default undefined (it says nothing) */
        window?: RenewalWindow;
        /** When it is to be renewed, ISO 8601. */
        renewAfter: string;
        /** Whether HAProxy has it in its file and its memory. */
        installed: boolean;
    };
    /** The next one: its key is here before the order, and its order before the challenge. @default undefined (none) */
    next?: {
        /** PEM. Secret. */
        key: string;
        /** URL. @default undefined (not ordered yet) */
        order?: string;
    };
    /** Why there is none yet, in the authority's words. @default undefined (it was not asked yet, or there is one) */
    failure?: string;
}

/** The account at an authority: a file `certificates/account.json`, mode 0600. */
export interface RecordedAccount {
    format: 1;
    directory: string;
    /** PEM. Secret. */
    key: string;
}

/** All that the record has of certificates that relink gets itself. */
export interface CertificateRecords {
    account?: RecordedAccount;
    /** By name. */
    certificates: Map<string, RecordedCertificate>;
}

/** Name of the account's file, which no certificate has: theirs end with a host, or begin with `_`. */
const accountName = "account.json";

/** @returns the path of a certificate's file in the record's folder */
export function recordPath(name: string): string {
    return `certificates/${name}.pem.json`;
}

/** The path of the account's file in the record's folder. */
export const accountPath = `certificates/${accountName}`;

/**
 * Reads the files of certificates among those of the record.
 * @param files path in the record's folder -> text
 * @throws Error where a newer version of relink wrote one of them
 */
export function parseCertificates(files: ReadonlyMap<string, string>): CertificateRecords {
    const found: CertificateRecords = { certificates: new Map() };
    for (const [path, text] of files) {
        const [, name] = /(?:^|\/)certificates\/([^/]+\.json)$/.exec(path) ?? [];
        if (name === undefined) {
            continue;
        }
        const value = parsePrivateJson(text) as { format?: unknown };
        if (value.format !== 1) {
            throw new Error(
                `the record ${path} has format ${value.format}, but this version of relink reads format 1: use the newer version`,
            );
        }
        if (name === accountName) {
            found.account = value as RecordedAccount;
        } else {
            const certificate = value as RecordedCertificate;
            found.certificates.set(certificate.name, certificate);
        }
    }
    return found;
}

/**
 * @param window what the authority asks for. @default nothing
 * @param renewBeforeMs what the user wants. @default undefined (what the authority asks for)
 * @param random a number from 0 to 1, so that not all clients come at the same moment
 * @returns when a certificate is to be renewed, ISO 8601
 */
export function renewalOf(
    issued: Pick<IssuedCertificate, "notBefore" | "notAfter">,
    { renewBeforeMs }: Pick<AcmeSettings, "renewBeforeMs">,
    window: RenewalWindow | undefined,
    random: number,
): string {
    if (renewBeforeMs !== undefined) {
        return new Date(Date.parse(issued.notAfter) - renewBeforeMs).toISOString();
    }
    if (window === undefined) {
        return renewAfter(issued);
    }
    const [from, to] = [Date.parse(window.from), Date.parse(window.to)];
    // It is renewed before its last sixth, whatever its authority says.
    return new Date(Math.min(from + (to - from) * random, lastSixthMs(issued))).toISOString();
}

/** @returns whether a certificate names each of these hosts */
export function isFor(issued: Pick<IssuedCertificate, "hosts">, hosts: readonly string[]): boolean {
    return hosts.every(host => issued.hosts.includes(host));
}

/** Why a certificate has to be got. `unfinished`: it is here, and HAProxy may not have it yet. */
export type DueReason = "missing" | "moved" | "due" | "unfinished";

/**
 * @param acme where a certificate of an authority has to come from
 * @returns why something has to be done about a certificate now; undefined where nothing has
 */
export function dueReason(
    { by, hosts }: ManagedCertificate,
    recorded: RecordedCertificate | undefined,
    acme: AcmeSettings | undefined,
    nowMs: number,
): DueReason | undefined {
    const issued = recorded?.issued;
    if (issued === undefined || !isFor(issued, hosts)) {
        return "missing";
    }
    const [directory, profile] = by === "acme" ? [acme?.directory, acme?.profile] : [];
    if (issued.directory !== directory || issued.profile !== profile) {
        return "moved";
    }
    if (Date.parse(issued.renewAfter) <= nowMs) {
        return "due";
    }
    return issued.installed ? undefined : "unfinished";
}
