import { unpackFiles } from "../haproxy/archive";
import {
    accountPath,
    type CertificateRecords,
    parseCertificates,
    type RecordedAccount,
    type RecordedCertificate,
    recordPath,
} from "../model/RecordedCertificate";
import { keepFile } from "./keepFile";
import type { Lease } from "./Lease";

// The part of the record that concerns certificates that relink gets itself. Each file has a key, mode 0600.

/** @returns the account and the certificates in the record. @throws LeaseLost */
export async function readCertificates(lease: Lease): Promise<CertificateRecords> {
    const packed = await lease.guarded("[ ! -d certificates ] || exec tar -cf - certificates", []);
    return parseCertificates(packed === "" ? new Map() : await unpackFiles(Buffer.from(packed, "utf8")));
}

/** Writes the account at an authority. @throws LeaseLost */
export function writeAccount(lease: Lease, account: RecordedAccount): Promise<void> {
    return write(lease, accountPath, account);
}

/** Writes what is known of one certificate. @throws LeaseLost */
export function writeCertificate(lease: Lease, certificate: RecordedCertificate): Promise<void> {
    return write(lease, recordPath(certificate.name), certificate);
}

/** Removes a certificate from the record. @throws LeaseLost */
export async function removeCertificate(lease: Lease, name: string): Promise<void> {
    await lease.guarded('rm -f "$1" && sync certificates', [recordPath(name)]);
}

async function write(lease: Lease, path: string, content: object): Promise<void> {
    await lease.guarded(
        `${keepFile}\nmkdir -p certificates\nkeep "$1"`,
        [path],
        `${JSON.stringify(content, null, 1)}\n`,
    );
}
