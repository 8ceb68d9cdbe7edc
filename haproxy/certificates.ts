import type { CertificateFile } from "../model/Certificate";
import type { WorkerAddress } from "../model/FrontState";
import { tellEveryWorker } from "./everyWorker";
import { certificatePath } from "./names";
import type { Run } from "./Run";
import type { WorkerResult } from "./WorkerResult";

/** How many certificates one exec carries. Each is some kilobytes. */
const together = 25;

/**
 * Replaces certificates in the memory of workers, and reads them back. The next handshake gets them; open connections keep what
 * they have.
 * @param certificates by name. The workers have loaded certificates of these names
 */
export async function setCertificates(
    run: Run,
    workers: readonly WorkerAddress[],
    certificates: Readonly<Record<string, CertificateFile>>,
): Promise<WorkerResult[]> {
    const names = Object.keys(certificates);
    const results: WorkerResult[] = [];
    for (let first = 0; first < names.length; first += together) {
        const some = names.slice(first, first + together);
        const commands = some.flatMap(name => commandsOf(name, certificates[name]!));
        const judge = (answers: string[]) =>
            some
                .map((name, index) => wrong(name, certificates[name]!, answers.slice(index * 3, index * 3 + 3)))
                .find(words => words !== undefined);
        results.push(...(await tellEveryWorker(run, workers, commands, judge)));
    }
    return results;
}

/** @returns the commands for one certificate: three */
function commandsOf(name: string, { pem }: CertificateFile) {
    const path = certificatePath(name);
    return [
        { command: `set ssl cert ${path}`, payload: pem.split("\n") },
        `commit ssl cert ${path}`,
        `show ssl cert ${path}`,
    ];
}

/** @returns what is wrong with a worker's answers about one certificate; undefined where it has that certificate */
function wrong(
    name: string,
    { fingerprint }: CertificateFile,
    [set, committed, shown = ""]: string[],
): string | undefined {
    const found = /^SHA1 FingerPrint: ([0-9A-F]{40})$/m.exec(shown)?.[1];
    return found === fingerprint
        ? undefined
        : `the certificate ${name} is ${found ?? "missing"}, not ${fingerprint}: ${set} ${committed}`;
}
