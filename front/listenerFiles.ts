import { readMap } from "../haproxy/maps";
import { frontendsFile, usersFile } from "../haproxy/names";
import { headersIn } from "../haproxy/routes";
import type { Access } from "./access";
import { type ListenerSettings, renderFrontends } from "./frontends";
import type { NearAddresses } from "./origin";

/**
 * What the listeners in force were rendered from, as JSON. It is there where not everybody may ask each service: when a service is
 * gone, the listeners are rendered again without its rules.
 */
const settingsFile = "data/listeners.json";

interface Written {
    front: ListenerSettings;
    near: NearAddresses;
}

/** Writes the listeners, and what they were rendered from. */
export function writeListeners(files: Map<string, string>, front: ListenerSettings, near: NearAddresses): void {
    const routeHeaders = headersIn(readMap(files, "routes"));
    files.set(frontendsFile, renderFrontends({ ...front, routeHeaders }, near));
    if (Object.keys(front.access ?? {}).length > 0) {
        files.set(settingsFile, `${JSON.stringify({ front, near } satisfies Written, null, 1)}\n`);
    } else {
        files.delete(settingsFile);
    }
}

/** @returns who may ask, by service, as HAProxy's files say it */
export function accessIn(files: ReadonlyMap<string, string>): Access {
    return writtenIn(files)?.front.access ?? {};
}

/** Removes the rules about a service that is gone, and its users. */
export function removeAccess(files: Map<string, string>, service: string): void {
    files.delete(usersFile(service));
    const written = writtenIn(files);
    const { [service]: gone, ...access } = written?.front.access ?? {};
    if (written !== undefined && gone !== undefined) {
        writeListeners(files, { ...written.front, access }, written.near);
    }
}

/** Somebody may have edited the file. The front's `up` writes it again then (look/frontFindings.ts). */
function writtenIn(files: ReadonlyMap<string, string>): Written | undefined {
    try {
        return JSON.parse(files.get(settingsFile) ?? "null") ?? undefined;
    } catch {
        return undefined;
    }
}
