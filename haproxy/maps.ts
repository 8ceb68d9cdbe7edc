import type { LinkValue } from "../model/LinkValue";
import { checked, type MapName, mapFile, mapNames } from "./names";

/** The maps whose entries are in the files too. */
type FileMap = Exclude<MapName, "confirm" | "challenges">;

const mapComments: Record<MapName, string> = {
    link: "service -> live color : idle color : percent of requests to the idle color [: sticky by cookie or hash][: match, for chosen users alone, or failover]",
    routes: "[/headers/] host (or *.domain, or *) and path, closed by a slash -> service[:path:keep or :path:strip][:mark of a route with a port of its own]",
    releases: "backend -> id of the release that it runs",
    confirm: "one-time secret -> service; filled in memory only, always empty here",
    challenges: "token of an authority's challenge (ACME) -> answer; filled in memory only, always empty here",
};

/** @returns the maps of a new front, all empty. HAProxy does not start without these files. */
export function emptyMaps(): Map<string, string> {
    return new Map(mapNames.map(map => [mapFile(map), render(map, new Map())]));
}

/** @returns the entries of a map in the folder's files */
export function readMap(files: ReadonlyMap<string, string>, map: MapName): Map<string, string> {
    const entries = new Map<string, string>();
    for (const line of (files.get(mapFile(map)) ?? "").split("\n")) {
        const [, key, value] = /^([^#\s]\S*)\s+(\S+)\s*$/.exec(line) ?? [];
        if (key !== undefined && value !== undefined) {
            entries.set(key, value);
        }
    }
    return entries;
}

/** Sets a key of a map in the folder's files. */
export function writeMapEntry(files: Map<string, string>, map: FileMap, key: string, value: string | LinkValue): void {
    const entries = readMap(files, map);
    entries.set(checked("map key", key), checked("map value", String(value)));
    files.set(mapFile(map), render(map, entries));
}

/** Removes a key from a map in the folder's files. */
export function removeMapEntry(files: Map<string, string>, map: FileMap, key: string): void {
    const entries = readMap(files, map);
    entries.delete(key);
    files.set(mapFile(map), render(map, entries));
}

/** Replaces all entries of a map in the folder's files. */
export function setMap(files: Map<string, string>, map: FileMap, entries: ReadonlyMap<string, string>): void {
    for (const [key, value] of entries) {
        checked("map key", key);
        checked("map value", value);
    }
    files.set(mapFile(map), render(map, entries));
}

function render(map: MapName, entries: ReadonlyMap<string, string>): string {
    const lines = [...entries].sort(([one], [two]) => (one < two ? -1 : 1)).map(([key, value]) => `${key} ${value}`);
    return `${[`# ${mapComments[map]}`, ...lines].join("\n")}\n`;
}
