import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** The names that Compose looks for. */
const usualNames = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/** @returns a file as text; undefined where there is none, or where it is not UTF-8 */
export function readText(path: string): string | undefined {
    try {
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
    } catch {
        return undefined;
    }
}

/** @returns why {@link readText} returned nothing, as the end of a sentence */
export function whyUnread(path: string): string {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) {
        return "does not exist";
    }
    return found.isDirectory() ? "is a folder" : "cannot be read as text in UTF-8";
}

/** @returns a Compose file with one of the usual names, in the folder at the path or beside the path */
export function usualFileNear(path: string): string | undefined {
    const folder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ? path : dirname(path);
    return usualNames.map(name => join(folder, name)).find(file => file !== path && existsSync(file));
}
