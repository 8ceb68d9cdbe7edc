import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inRelink } from "./paths.mjs";

/**
 * Reads a note about a step that is done, `.relink/stamps/NAME.json`, so that a second run of the set-up repeats
 * nothing.
 *
 * @param key what the step was done for
 * @returns the noted value; undefined where the note has another key
 */
export function readStamp(name, key) {
    try {
        const stamp = JSON.parse(readFileSync(inRelink("stamps", `${name}.json`), "utf8"));
        return stamp.key === key ? stamp.value : undefined;
    } catch {
        return undefined;
    }
}

export function writeStamp(name, key, value = true) {
    writeFileSync(inRelink("stamps", `${name}.json`), `${JSON.stringify({ key, value }, null, 4)}\n`);
}

/** @returns hash of files and whole folders: of their contents and paths, not of their times */
export function contentHash(...paths) {
    const hash = createHash("sha256");
    for (const path of paths) {
        for (const file of filesUnder(path)) {
            hash.update(file.slice(path.length)).update("\0").update(readFileSync(file)).update("\0");
        }
    }
    return hash.digest("hex").slice(0, 16);
}

function filesUnder(path) {
    if (!statSync(path).isDirectory()) {
        return [path];
    }
    return readdirSync(path)
        .sort()
        .flatMap(name => filesUnder(join(path, name)));
}
