import { isDeepStrictEqual } from "node:util";
import { readMap } from "../haproxy/maps";
import { frontendsFile, usersFile } from "../haproxy/names";
import { headersIn } from "../haproxy/routes";
import type { Access } from "./access";
import { type ListenerSettings, renderFrontends } from "./frontends";
import type { NearAddresses } from "./origin";

/**
 * What the listeners in force were rendered from, as JSON. From it they are rendered again when a service is gone, or when the
 * routes ask for other headers. A front of an earlier version may not have this file.
 */
const settingsFile = "data/listeners.json";

interface Written {
    front: ListenerSettings;
    near: NearAddresses;
}

/** Writes the listeners for the routes of the map, and what they were rendered from. */
export function writeListeners(files: Map<string, string>, settings: ListenerSettings, near: NearAddresses): void {
    const front = { ...settings, routeHeaders: headersIn(readMap(files, "routes")) };
    files.set(frontendsFile, renderFrontends(front, near));
    files.set(settingsFile, `${JSON.stringify({ front, near } satisfies Written, null, 1)}\n`);
}

/** @returns who may ask, by service, as HAProxy's files say it */
export function accessIn(files: ReadonlyMap<string, string>): Access {
    return writtenIn(files)?.front.access ?? {};
}

/** Whether the listeners can be rendered again for routes that ask for other headers. */
export function canFollowRoutes(files: ReadonlyMap<string, string>): boolean {
    return writtenIn(files) !== undefined;
}

/**
 * Renders the listeners again where the routes of the map ask for other headers than before. That is so with the first route
 * that asks for a header, and with the last one.
 * @throws Error where nobody knows what the listeners were rendered from, and a route asks for a header
 */
export function followRoutes(files: Map<string, string>): void {
    const headers = headersIn(readMap(files, "routes"));
    const written = writtenIn(files);
    if (written === undefined && headers.length > 0) {
        throw new Error(
            `${settingsFile} of HAProxy's files is missing or was edited, and without it no route by header can be added: ` +
                "run pulumi up without --target",
        );
    }
    if (written !== undefined && !isDeepStrictEqual(headers, written.front.routeHeaders ?? [])) {
        writeListeners(files, written.front, written.near);
    }
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
