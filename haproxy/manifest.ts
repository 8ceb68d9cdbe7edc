import { createHash } from "node:crypto";

/** The file of a version that says what relink wrote, so that what somebody edited afterwards can be told. */
export const manifestFile = "manifest";

const linePattern = /^([0-9a-f]{64}) {2}(\S+)$/;

/**
 * The manifest of a new version, in the form of `sha256sum`. A file that the new version only carries over keeps the hash
 * that it had: an edit does not become ours by that.
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
 * The files that are not as relink wrote them: edited or removed by somebody else. Files that somebody added are not
 * relink's business. None where a version has no manifest, which an earlier relink wrote.
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

/** Whether the files are those that relink wrote, all of them and none besides. Unknown, so no, without a manifest. */
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
