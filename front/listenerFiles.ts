import { isDeepStrictEqual } from "node:util";
import { readMap } from "../haproxy/maps";
import { frontendsFile, usersFile } from "../haproxy/names";
import { headersIn } from "../haproxy/routes";
import type { ServiceRules } from "../model/ServiceRules";
import type { Access } from "./access";
import { type ListenerSettings, renderFrontends } from "./frontends";
import type { NearAddresses } from "./origin";
import { tcpListenersOf, writeTcpListeners } from "./tcpListeners";

/**
 * What the listeners in force were rendered from, as JSON. From it they are rendered again when a service is gone, when the routes
 * ask for other headers, and for the services of a stack that uses another stack's front. A front of an earlier version may not
 * have this file.
 */
const settingsFile = "data/listeners.json";

interface Written {
    front: ListenerSettings;
    near: NearAddresses;
}

/** Writes the listeners for the routes of the map, and what they were rendered from. */
export function writeListeners(files: Map<string, string>, settings: ListenerSettings, near: NearAddresses): void {
    const { access = {}, services = {}, routeHeaders: _, tcpServices: __, ...rest } = settings;
    const tcp = tcpListenersOf(services, files);
    const front: ListenerSettings = {
        ...rest,
        routeHeaders: headersIn(readMap(files, "routes")),
        ...(tcp.services.length > 0 && { tcpServices: tcp.services }),
        ...(Object.keys(access).length > 0 && { access }),
        ...(Object.keys(services).length > 0 && { services }),
    };
    files.set(frontendsFile, renderFrontends(front, near));
    writeTcpListeners(files, front, near, tcp);
    files.set(settingsFile, `${JSON.stringify({ front, near } satisfies Written, null, 1)}\n`);
}

/** @returns what the listeners in force were rendered from; undefined where an earlier version, or somebody's hand, wrote them */
export function listenersIn(files: ReadonlyMap<string, string>): ListenerSettings | undefined {
    return writtenIn(files)?.front;
}

/** @returns who may ask, by service, as HAProxy's files say it */
export function accessIn(files: ReadonlyMap<string, string>): Access {
    return writtenIn(files)?.front.access ?? {};
}

/** Whether it is known what the listeners were rendered from, so that they can be rendered again for something else. */
export function areListenersKnown(files: ReadonlyMap<string, string>): boolean {
    return writtenIn(files) !== undefined;
}

/**
 * Renders the listeners again, with other rules for some services.
 * @throws Error where an earlier version has written them, so that nothing says what they were rendered from
 */
export function rewriteListeners(
    files: Map<string, string>,
    change: (front: ListenerSettings) => ListenerSettings,
): void {
    const written = writtenIn(files);
    if (written === undefined) {
        throw new Error(
            "HAProxy's listeners were written by an earlier version of relink, or by hand: run pulumi up in the front's own " +
                "stack first",
        );
    }
    writeListeners(files, change(written.front), written.near);
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

/** @returns what the listeners do for single services beside that, as HAProxy's files say it */
export function rulesIn(files: ReadonlyMap<string, string>): Readonly<Record<string, ServiceRules>> {
    return writtenIn(files)?.front.services ?? {};
}

/** Removes the rules about a service that is gone, and its users. */
export function removeAccess(files: Map<string, string>, service: string): void {
    files.delete(usersFile(service));
    const written = writtenIn(files);
    const { [service]: guarded, ...access } = written?.front.access ?? {};
    const { [service]: ruled, ...services } = written?.front.services ?? {};
    if (written !== undefined && (guarded !== undefined || ruled !== undefined)) {
        writeListeners(files, { ...written.front, access, services }, written.near);
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
