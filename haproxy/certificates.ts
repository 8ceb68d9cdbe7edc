import type { CertificateFile } from "../model/Certificate";
import type { WorkerAddress } from "../model/FrontState";
import { tellEveryWorker } from "./everyWorker";
import { certificatePath } from "./names";
import type { Run } from "./Run";
import type { WorkerResult } from "./WorkerResult";

/**
 * Replaces a certificate in the memory of workers, and reads it back. The next handshake gets it; open connections keep what they
 * have.
 * @param name of a certificate that the workers have loaded
 */
export function setCertificate(
    run: Run,
    workers: readonly WorkerAddress[],
    name: string,
    { pem, fingerprint }: CertificateFile,
): Promise<WorkerResult[]> {
    const path = certificatePath(name);
    const commands = [
        { command: `set ssl cert ${path}`, payload: pem.split("\n") },
        `commit ssl cert ${path}`,
        `show ssl cert ${path}`,
    ];
    return tellEveryWorker(run, workers, commands, ([set, committed, shown = ""]) => {
        const found = /^SHA1 FingerPrint: ([0-9A-F]{40})$/m.exec(shown)?.[1];
        return found === fingerprint
            ? undefined
            : `the certificate ${name} is ${found ?? "missing"}, not ${fingerprint}: ${set} ${committed}`;
    });
}
