import type { Color } from "../model/Color";
import { folders } from "../model/folders";

/** Symbolic link to the version in force. HAProxy reads its files through it. */
export const currentFolder = `${folders.config}/current`;
/** Stats socket of the newest generation. The next generation takes over the listening sockets through it. */
export const adminSocket = `${folders.run}/admin.sock`;
/** The file that holds `global` and `defaults`. */
export const globalFile = "conf/00-global.cfg";
/** The file that holds the listeners. */
export const frontendsFile = "conf/10-frontends.cfg";

/**
 * The maps: service -> link, route -> service, backend -> release id, one-time secret -> service, token of a challenge ->
 * answer.
 */
export const mapNames = ["link", "routes", "releases", "confirm", "challenges"] as const;
/** Name of one of the maps. */
export type MapName = (typeof mapNames)[number];

/** @returns the path of a map's file inside a version of the folder */
export function mapFile(map: MapName): string {
    return `maps/${map}.map`;
}

/** @returns a map's id in HAProxy's commands: its path exactly as in the configuration */
export function mapPath(map: MapName): string {
    return `${currentFolder}/${mapFile(map)}`;
}

/** The folder of the certificates with their keys. Only HAProxy's user reads it. */
export const certificatesFolder = `${folders.config}/certificates`;

/** A certificate's file, which also is its name in HAProxy's commands. */
export function certificatePath(name: string): string {
    return `${certificatesFolder}/${checked("certificate", name)}.pem`;
}

/** @returns the socket of a generation's master */
export function masterSocket(generation: string): string {
    return `${folders.run}/master-${checked("generation", generation)}.sock`;
}

/** Stands in the place of a generation's name for HAProxy in the anchor, which serves while no generation does. */
export const standIn = "stand-in";

/** @returns the name of a color's backend, `web-blue` */
export function backendName(service: string, color: Color): string {
    return `${checked("service", service)}-${checked("color", color)}`;
}

/** @returns the path of the file of a color's backend */
export function backendFile(service: string, color: Color): string {
    return `conf/20-${backendName(service, color)}.cfg`;
}

/** The file that holds the listeners of TCP services. It is there while there are some. */
export const tcpFile = "conf/11-tcp.cfg";

/** @returns the path of the file with the users of a service that asks for a password */
export function usersFile(service: string): string {
    return `conf/05-users-${checked("service", service)}.cfg`;
}

/** @returns whether a path is that of such a file */
export function isUsersFile(path: string): boolean {
    return path.startsWith("conf/05-users-");
}

/** @returns the name of a slot's server, `slot-1` */
export function slotName(slot: number): string {
    return `slot-${checkedInteger("slot", slot, 1, 4096)}`;
}

/** More than the number of any slot. The ids that HAProxy itself gives are below it. */
const idsOfWiring = 8192;

/** @returns the id of a slot's server in a backend with a wiring (model/Wiring.ts) */
export function serverId(slot: number, wiring: number): number {
    return checkedInteger("wiring", wiring, 1, 65_536) * idsOfWiring + checkedInteger("slot", slot, 1, 4096);
}

/** @returns the wiring of a server with this id; undefined where HAProxy itself gave the id */
export function wiringIn(id: number): number | undefined {
    return id < idsOfWiring ? undefined : Math.floor(id / idsOfWiring);
}

/** @returns the number in a slot's name; undefined for any other server */
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
    certificate: /^_?[a-z0-9][a-z0-9._-]{0,219}$/,
    "TLS version": /^TLSv1\.[23]$/,
    HSTS: /^max-age=\d{1,10}(?:; includeSubDomains)?(?:; preload)?$/,
    "redirect target": /^https?:\/\/[a-z0-9](?:[a-z0-9.-]{0,252})(?::\d{1,5})?$/,
    hash: /^[0-9a-f]{64}$/,
    "cookie key": /^[0-9a-f]{32}$/,
    "cookie name": /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
    "header name": /^[a-z][a-z0-9-]{0,63}$/,
    "header names": /^[a-z0-9-]{1,64}=?(?:&[a-z0-9-]{1,64}=?){0,7}$/,
    "header value": /^[ !#%-[\]-~]{1,1000}$/,
    "configuration line": /^[!-~][ -~]{0,999}$/,
    user: /^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$/,
    "password hash": /^\$[56]\$(?:rounds=\d{4,5}\$)?[./A-Za-z0-9]{1,16}\$(?:[./A-Za-z0-9]{43}|[./A-Za-z0-9]{86})$/,
    "media type": /^[a-z]{1,20}\/[a-z0-9][a-z0-9.+-]{0,80}$/,
    "host header": /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})(?::\d{1,5})?$/,
    // All that a URL path may hold unescaped, without ' and $, which HAProxy's quoting interprets.
    path: /^\/[A-Za-z0-9._~!&()*+,;=:@/?%-]{0,1023}$/,
    "map key": /^(?:TCP:)?[A-Za-z0-9*._~/=&%-]{1,2048}$/,
    place: /^[A-Za-z0-9*._~/=&% -]{1,4096}$/,
    "map value": /^[A-Za-z0-9:_.~/-]{1,512}$/,
    "client authorities": /^clients-[0-9a-f]{12}\.pem$/,
    page: /^(?:maintenance|\d{3})-[0-9a-f]{12}\.(?:html|txt|json)$/,
    status: /^[2-5]\d\d$/,
    file: /^(?:conf|maps|pages|data)\/[A-Za-z0-9][A-Za-z0-9._-]{0,200}$/,
} satisfies Record<string, RegExp>;

/**
 * Checks a text that goes into HAProxy's configuration or its commands. Settings were checked before. This check makes sure
 * that no space or newline can add a directive.
 * @returns the text
 * @throws Error where it is malformed
 */
export function checked<Text extends string>(what: keyof typeof allowed, value: Text): Text {
    if (typeof value !== "string" || !allowed[what].test(value)) {
        throw new Error(`${JSON.stringify(value)} cannot be a ${what} in HAProxy's configuration.`);
    }
    return value;
}

/**
 * Checks a number in the same way: it must be whole, and from `from` to `to`.
 * @returns the number
 * @throws Error
 */
export function checkedInteger(what: string, value: number, from: number, to: number): number {
    if (!Number.isInteger(value) || value < from || value > to) {
        throw new Error(`${String(value)} cannot be a ${what} in HAProxy's configuration (${from} to ${to}).`);
    }
    return value;
}
