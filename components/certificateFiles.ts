import { type Fields, fieldsOf, isFields } from "../settings/fields";
import { type Problem, solvedByRemoving, solvedBySetting } from "../settings/Problem";
import type { RawConfig } from "../settings/parse";
import { readConfigFile } from "./readConfigFile";

/** The keys of a certificate that is in files. */
const keys = ["file", "key"];

/**
 * Reads the certificates of the stack config that are in files: `{ file: fullchain.pem, key: privkey.pem }`.
 * @param folder what the files' paths start from
 * @returns the config with the files' content, and a problem for each file that cannot be read
 */
export function withCertificateFiles(raw: RawConfig, folder: string): { raw: RawConfig; problems: Problem[] } {
    if (!isFields(raw.certificates)) {
        return { raw, problems: [] };
    }
    const problems: Problem[] = [];
    const certificates = Object.entries(raw.certificates).map(
        ([name, value]) => [name, isFields(value) ? contentOf(name, value, folder, problems) : value] as const,
    );
    return { raw: { ...raw, certificates: Object.fromEntries(certificates) }, problems };
}

/** @returns the files one after the other, or the value as it is where there is a problem */
function contentOf(name: string, certificate: Fields, folder: string, problems: Problem[]): unknown {
    const before = problems.length;
    const unknown = Object.keys(certificate).filter(key => !keys.includes(key));
    for (const key of unknown) {
        const message = `is not a known key; known here: ${keys.join(", ")}`;
        problems.push(solvedByRemoving(["certificates", name, key], message));
    }
    if (certificate.file === undefined) {
        const message = "is missing: it must be the path of a PEM file";
        problems.push(solvedBySetting(["certificates", name, "file"], message, "PEM_FILE"));
    }
    const texts = keys
        .filter(key => certificate[key] !== undefined)
        .map(key => {
            const path = String(certificate[key]);
            const file = { at: ["certificates", name, key], path, what: "a PEM file", example: "PEM_FILE" };
            return readConfigFile(folder, file, problems) ?? "";
        });
    return problems.length > before ? certificate : texts.join("\n");
}

/** @returns whether a value of `relink:certificates` holds a key itself, and not the path of one */
export function holdsSecret(section: string, value: unknown): boolean {
    return section !== "certificates" || Object.values(fieldsOf(value)).some(one => !isFields(one));
}
