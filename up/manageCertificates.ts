import type { CertificateFile } from "../model/Certificate";
import type { AcmeSettings, ManagedCertificate } from "../model/FrontSettings";
import { dueReason, isFor, type RecordedCertificate, renewalOf } from "../model/RecordedCertificate";
import type { FrontUp } from "./FrontUp";
import { obtainCertificate } from "./obtainCertificate";
import { isStop } from "./stop";

/** The certificates that relink gets itself, and how. */
export interface Managed {
    certificates: readonly ManagedCertificate[];
    /** @default undefined (none of them comes by ACME) */
    acme?: AcmeSettings;
}

/** What became of them. */
export interface Obtained {
    /** The certificates that there are now, by name, as HAProxy gets them. */
    files: Record<string, CertificateFile>;
    /** Names of those that are new. */
    changed: string[];
    /** Hosts without one, and why. */
    missing: string[];
}

/**
 * Gets each certificate that is missing or due. Where an authority gives none, the one that is there stays.
 * @returns the certificates, which HAProxy may not have yet
 */
export async function obtainDue(up: FrontUp, { certificates, acme }: Managed): Promise<Obtained> {
    const { certificates: recorded } = await up.journal.certificates();
    const obtained: Obtained = { files: {}, changed: [], missing: [] };
    for (const wanted of certificates) {
        const before = recorded.get(wanted.name);
        const nowMs = (await up.clock.hostNow()).getTime();
        const why = dueReason(wanted, before, acme, nowMs);
        let now = before;
        if (why !== undefined && why !== "unfinished") {
            try {
                now = await obtain(up, wanted, acme);
            } catch (error) {
                if (isStop(error)) {
                    throw error;
                }
                obtained.missing.push(...(await complaint(up, wanted, before, error as Error)));
            }
        }
        if (now?.issued !== undefined && isFor(now.issued, wanted.hosts)) {
            obtained.files[wanted.name] = fileOf(now.issued);
            obtained.changed.push(...(now.issued.installed ? [] : [wanted.name]));
        }
    }
    return obtained;
}

/** Writes that HAProxy has these certificates in its file and its memory. */
export async function markInstalled(up: FrontUp, names: readonly string[]): Promise<void> {
    const { certificates } = await up.journal.certificates();
    for (const name of names) {
        const { issued, ...rest } = certificates.get(name) ?? {};
        if (issued !== undefined && !issued.installed) {
            await up.journal.writeCertificate({ format: 1, name, ...rest, issued: { ...issued, installed: true } });
        }
    }
}

/** Removes from the record what is not wanted any more and has ended. Until then, a host that comes back needs no new order. */
export async function forgetEnded(up: FrontUp, { certificates: wanted }: Managed): Promise<void> {
    const { certificates } = await up.journal.certificates();
    const nowMs = (await up.clock.hostNow()).getTime();
    for (const { name, issued } of certificates.values()) {
        const isWanted = wanted.some(certificate => certificate.name === name);
        if (!isWanted && (issued === undefined || Date.parse(issued.notAfter) <= nowMs)) {
            await up.journal.removeCertificate(name);
        }
    }
}

/** @returns the certificates of these that are in the record, as HAProxy gets them */
export async function recordedFiles(up: FrontUp, wanted: readonly ManagedCertificate[]): Promise<Obtained["files"]> {
    const { certificates } = await up.journal.certificates();
    return Object.fromEntries(
        wanted.flatMap(({ name }) => {
            const issued = certificates.get(name)?.issued;
            return issued === undefined ? [] : [[name, fileOf(issued)] as const];
        }),
    );
}

/**
 * Gets a certificate by ACME, or signs it.
 * @returns the record of it, which HAProxy does not have yet
 */
export async function obtain(
    up: FrontUp,
    wanted: ManagedCertificate,
    acme: AcmeSettings | undefined,
): Promise<RecordedCertificate> {
    if (wanted.by === "acme") {
        if (acme === undefined) {
            throw new Error(
                "A certificate by ACME was wanted without an authority. This is a bug in relink; please report it.",
            );
        }
        return obtainCertificate(up, acme, wanted);
    }
    up.progress.status(`signing a certificate for ${wanted.hosts.join(", ")}`);
    const issued = await up.selfSign(wanted.hosts);
    const renewAfter = renewalOf(issued, {}, undefined, 0);
    const signed: RecordedCertificate = {
        format: 1,
        name: wanted.name,
        issued: { ...issued, renewAfter, installed: false },
    };
    await up.journal.enter("certificate: issued");
    await up.journal.writeCertificate(signed);
    return signed;
}

/**
 * Tells the user that an authority gave no certificate, where the one before stays. Where there is none before, the record says why,
 * for the link of the host's service.
 * @returns what is missing, where there is none before
 */
async function complaint(
    up: FrontUp,
    wanted: ManagedCertificate,
    before: RecordedCertificate | undefined,
    { message }: Error,
): Promise<string[]> {
    const hosts = wanted.hosts.join(", ");
    if (before?.issued === undefined || !isFor(before.issued, wanted.hosts)) {
        const { certificates } = await up.journal.certificates();
        const now = certificates.get(wanted.name) ?? { format: 1, name: wanted.name };
        await up.journal.writeCertificate({ ...now, failure: message });
        return [`${hosts}: ${message}`];
    }
    up.progress.warn(
        `the certificate for ${hosts} was not renewed: ${message}. The one before stays; it ends on ${before.issued.notAfter}`,
    );
    return [];
}

/** @returns what HAProxy gets of a certificate */
function fileOf({ pem, fingerprint }: CertificateFile): CertificateFile {
    return { pem, fingerprint };
}
