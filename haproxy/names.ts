import type { Color } from "../model/Color";
import { folders } from "../model/folders";

/** Link to the version that is in force. HAProxy only ever reads through it. */
export const currentFolder = `${folders.config}/current`;
/** Stats socket of the newest generation; its listeners are handed over through it. */
export const adminSocket = `${folders.run}/admin.sock`;
/** The file that holds `global` and `defaults`. */
export const globalFile = "conf/00-global.cfg";
/** The file that holds the listeners. */
export const frontendsFile = "conf/10-frontends.cfg";

/** The maps: service -> link, route -> service, backend -> release id, one-time secret -> service. */
export const mapNames = ["link", "routes", "releases", "confirm"] as const;
export type MapName = (typeof mapNames)[number];

/** A map's file inside a version of the folder. */
export function mapFile(map: MapName): string {
    return `maps/${map}.map`;
}

/** The map's id in HAProxy's commands: its path exactly as the configuration writes it. */
export function mapPath(map: MapName): string {
    return `${currentFolder}/${mapFile(map)}`;
}

/** Socket of the master of one generation. */
export function masterSocket(generation: string): string {
    return `${folders.run}/master-${checked("generation", generation)}.sock`;
}

/** In the place of a generation's name: HAProxy inside the anchor, while no generation listens (watchdog.ts). */
export const standIn = "stand-in";

/** Name of a color's backend, `web-blue`. */
export function backendName(service: string, color: Color): string {
    return `${checked("service", service)}-${checked("color", color)}`;
}

/** The file of a color's backend. */
export function backendFile(service: string, color: Color): string {
    return `conf/20-${backendName(service, color)}.cfg`;
}

/** Name of a slot's server, `slot-1`. */
export function slotName(slot: number): string {
    return `slot-${checkedInteger("slot", slot, 1, 4096)}`;
}

/** The number in a slot's name; undefined for any other server. */
export function slotNumber(server: string): number | undefined {
    const match = /^slot-([1-9]\d*)$/.exec(server);
    return match ? Number(match[1]) : undefined;
}

const allowed = {
    service: /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    color: /^(?:blue|green)$/,
    generation: /^[A-Za-z0-9_-]{1,64}$/,
    "front name": /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/,
    backend: /^[a-z0-9][a-z0-9-]*-(?:blue|green)$/,
    address: /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$/,
    network: /^[0-9A-Fa-f:.]{2,45}(?:\/\d{1,3})?$/,
    "host header": /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})(?::\d{1,5})?$/,
    // Everything a URL path may hold unescaped, but for ' and $, which HAProxy's own quoting gives a meaning.
    path: /^\/[A-Za-z0-9._~!&()*+,;=:@/?%-]{0,1023}$/,
    "map key": /^[A-Za-z0-9*._~/-]{1,512}$/,
    "map value": /^[A-Za-z0-9:_.~/-]{1,512}$/,
    file: /^(?:conf|maps)\/[A-Za-z0-9][A-Za-z0-9._-]{0,200}$/,
} satisfies Record<string, RegExp>;

/**
 * Settings were validated long before, but what ends up in HAProxy's configuration or on its command line is looked
 * at once more: a stray space or newline there would be a directive of somebody else's choice.
 */
export function checked<Text extends string>(what: keyof typeof allowed, value: Text): Text {
    if (typeof value !== "string" || !allowed[what].test(value)) {
        throw new Error(`${JSON.stringify(value)} cannot be a ${what} in HAProxy's configuration.`);
    }
    return value;
}

/** The same for numbers: a whole one between both ends. */
export function checkedInteger(what: string, value: number, from: number, to: number): number {
    if (!Number.isInteger(value) || value < from || value > to) {
        throw new Error(`${String(value)} cannot be a ${what} in HAProxy's configuration (${from} to ${to}).`);
    }
    return value;
}
