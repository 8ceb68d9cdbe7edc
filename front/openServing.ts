import { backendFile, backendName } from "../haproxy/names";
import type { Worker } from "../model/FrontState";

/**
 * Opens slots in the files of a service's colors that users reach. A slot is opened where every one of these workers sends
 * it requests and finds it up. A reload then goes on with what serves.
 * @param own whether this process has written a file itself. Such a file stays
 * @returns the files that change, path inside HAProxy's folder -> text
 */
export function openServing(
    files: ReadonlyMap<string, string>,
    workers: readonly Worker[],
    service: string,
    own: (path: string) => boolean,
): Map<string, string> {
    const changed = new Map<string, string>();
    for (const color of workers[0]?.links.get(service)?.reached ?? []) {
        const path = backendFile(service, color);
        const before = files.get(path) ?? "";
        const after = withOpen(before, workers, backendName(service, color));
        if (after !== before && !own(path)) {
            changed.set(path, after);
        }
    }
    return changed;
}

function withOpen(text: string, workers: readonly Worker[], backend: string): string {
    return text.replace(
        /^(\s+server \S+ (\S+)(?: id \d+)?) disabled$/gm,
        (closed: string, open: string, place: string) =>
            workers.every(worker => serves(worker, backend, place)) ? open : closed,
    );
}

/** @param place address and port of a slot, or its address where it has several ports */
function serves({ backends }: Worker, backend: string, place: string): boolean {
    const servers = [...(backends.get(backend)?.servers.values() ?? [])];
    return servers.some(
        ({ address, port, admin, up }) =>
            (port === 0 ? address : `${address}:${port}`) === place && admin === "ready" && up,
    );
}
