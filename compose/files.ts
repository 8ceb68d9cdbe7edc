import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** Names that Compose looks for. */
const usualNames = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/** A file as text; undefined where there is none, or where it is no UTF-8. */
export function readText(path: string): string | undefined {
    try {
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
    } catch {
        return undefined;
    }
}

/** Why `readText` found nothing. */
export function whyUnread(path: string): string {
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined
        ? "does not exist"
        : found.isDirectory()
          ? "is a folder"
          : "cannot be read as text in UTF-8";
}

/** A Compose file by one of its usual names, at or beside a path where there is none. */
export function usualFileNear(path: string): string | undefined {
    const folder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ? path : dirname(path);
    return usualNames.map(name => join(folder, name)).find(file => file !== path && existsSync(file));
}
