import { createHash } from "node:crypto";

/** The file of a version that lists the hashes of what relink wrote. It tells which files were edited since. */
export const manifestFile = "manifest";

const linePattern = /^([0-9a-f]{64}) {2}(\S+)$/;

/**
 * Renders the manifest of a new version, in the format of `sha256sum`. A file that the change leaves alone keeps its hash, so
 * that an edit still shows as one.
 * @param before files of the version in force
 * @param known manifest of that version
 */
export function writeManifest(
    files: ReadonlyMap<string, string>,
    before: ReadonlyMap<string, string>,
    known: string | undefined,
): string {
    const hashes = parseManifest(known);
    const lines = [...files].map(([path, text]) => {
        const carried = before.get(path) === text ? hashes.get(path) : undefined;
        return `${carried ?? hashOf(text)}  ${path}\n`;
    });
    return lines.sort((one, two) => (one.slice(66) < two.slice(66) ? -1 : 1)).join("");
}

/**
 * @returns the files that somebody edited or removed since relink wrote them. Added files do not count. A version of an earlier
 * relink has no manifest, and so no edited files.
 */
export function editedFiles(files: ReadonlyMap<string, string>): string[] {
    const hashes = parseManifest(files.get(manifestFile));
    return [...hashes]
        .filter(([path, hash]) => {
            const text = files.get(path);
            return text === undefined || hashOf(text) !== hash;
        })
        .map(([path]) => path);
}

/** @returns whether the files are exactly those that relink wrote; false where there is no manifest to tell */
export function isAsWritten(files: ReadonlyMap<string, string>, manifest: string | undefined): boolean {
    const hashes = parseManifest(manifest);
    return hashes.size === files.size && [...files].every(([path, text]) => hashes.get(path) === hashOf(text));
}

function parseManifest(text = ""): Map<string, string> {
    return new Map(
        text
            .split("\n")
            .map(line => linePattern.exec(line))
            .filter(match => match !== null)
            .map(([, hash = "", path = ""]) => [path, hash]),
    );
}

function hashOf(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}
