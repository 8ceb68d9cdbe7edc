import { homedir } from "node:os";
import { isAbsolute, posix, resolve } from "node:path";
import { type Fields, fieldsOf, isFields } from "../settings/fields";
import { ComposeError, type ComposePath, needsCompose } from "./ComposeError";
import type { Fail } from "./Document";
import { splitWords } from "./words";

/**
 * A service in the long form of every key that relink reads, as `docker compose config` prints it. All other keys stay
 * as they are.
 *
 * @param folder where relative paths start
 */
export function canonicalService(service: Fields, path: ComposePath, folder: string, fail: Fail): Fields {
    const at = new Place(path, folder, fail);
    for (const keys of maps) {
        const value = keys.reduce<unknown>((fields, key) => fieldsOf(fields)[key], service);
        if (value !== undefined && value !== null && !isFields(value)) {
            at.below(...keys).fail("must be a map");
        }
    }
    const entries = Object.entries(service)
        // A key without a value is as good as missing.
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([key, value]) => [key, Object.hasOwn(readers, key) ? readers[key]!(value, at.below(key)) : value]);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** Where a value is, for its errors and for its relative paths. */
class Place {
    constructor(
        private readonly path: ComposePath,
        readonly folder: string,
        private readonly onError: Fail,
    ) {}

    below(...keys: ComposePath): Place {
        return new Place([...this.path, ...keys], this.folder, this.onError);
    }

    /** Tells of an error, and returns undefined in the place of the value. */
    fail(message: string): undefined {
        this.onError(new ComposeError(message, { path: this.path }));
        return undefined;
    }
}

/** Keys that have further keys inside. */
const maps = [
    ["deploy"],
    ["deploy", "resources"],
    ["deploy", "resources", "limits"],
    ["deploy", "restart_policy"],
    ["healthcheck"],
    ["logging"],
    ["logging", "options"],
    ["ulimits"],
];

/** What makes the long form of each key; undefined leaves the key out. */
const readers: Record<string, (value: unknown, at: Place) => unknown> = {
    command: commandLine,
    entrypoint: commandLine,
    environment: keyValues,
    labels: keyValues,
    extra_hosts: extraHosts,
    env_file: (value, at) => oneOrMore(value).map((file, index) => environmentFile(file, at.below(index))),
    dns: value => oneOrMore(value).map(String),
    expose: value => oneOrMore(value).map(String),
    ports: (value, at) => listOfMaps(value, at, publishedPort),
    volumes: (value, at) => listOfMaps(value, at, mount),
    secrets: (value, at) => listOfMaps(value, at, secretReference),
    networks: namedEntries,
    depends_on: namedEntries,
    healthcheck: value => (isFields(value) ? healthCheck(value) : value),
};

function listOfMaps(
    value: unknown,
    at: Place,
    read: (item: unknown, at: Place) => Fields | undefined,
): Fields[] | undefined {
    return Array.isArray(value)
        ? value.map((item, index) => read(item, at.below(index))).filter(isFields)
        : at.fail("must be a list");
}

function isPlain(value: unknown): value is string | number | boolean {
    return ["string", "number", "boolean"].includes(typeof value);
}

function oneOrMore(value: unknown): unknown[] {
    return Array.isArray(value) ? value : [value];
}

/** A map by name. A list of names gives null for each. */
function namedEntries(value: unknown, at: Place): Fields | undefined {
    if (Array.isArray(value) && value.every(isPlain)) {
        return Object.fromEntries(value.map(name => [String(name), null]));
    }
    const isSound = isFields(value) && Object.values(value).every(entry => entry === null || isFields(entry));
    return isSound ? value : at.fail("must be a list of names, or a map whose entries are maps");
}

function commandLine(value: unknown, at: Place): string[] | undefined {
    const words = Array.isArray(value)
        ? value.every(isPlain) && value.map(String)
        : typeof value === "string" && splitWords(value);
    return words || at.fail("must be a list of texts, or a line without ; & | < > ( ) and `: write a list");
}

/** A map of texts; null stands for a name without a value. */
function keyValues(value: unknown, at: Place): Record<string, string | null> | undefined {
    if (isFields(value) && Object.values(value).every(inner => inner === null || isPlain(inner))) {
        const entries = Object.entries(value).map(([name, inner]) => [name, inner === null ? null : String(inner)]);
        return Object.fromEntries(entries);
    }
    if (!Array.isArray(value) || !value.every(isPlain)) {
        return at.fail("must be a list of NAME=VALUE (- A=b) or a map of texts (A: b)");
    }
    return Object.fromEntries(
        value.map(item => {
            const text = String(item);
            const equals = text.indexOf("=");
            return equals < 0 ? [text, null] : [text.slice(0, equals), text.slice(equals + 1)];
        }),
    );
}

/** `NAME=ADDRESS`, as Compose 2 prints it. */
function extraHosts(value: unknown, at: Place): string[] | undefined {
    if (isFields(value)) {
        return Object.entries(value).flatMap(([name, addresses]) =>
            oneOrMore(addresses).map(address => `${name}=${String(address)}`),
        );
    }
    return Array.isArray(value)
        ? value.map(item => String(item).replace(/^([^:=]+):/, "$1="))
        : at.fail("must be a list of NAME=ADDRESS or a map");
}

function environmentFile(file: unknown, at: Place): Fields {
    const entry = isFields(file) ? file : { path: file };
    if (entry.format !== undefined) {
        at.below("format").fail(needsCompose);
    }
    return { path: resolve(at.folder, String(entry.path)), required: entry.required ?? true };
}

function healthCheck(value: Fields): Fields {
    return typeof value.test === "string" ? { ...value, test: ["CMD-SHELL", value.test] } : value;
}

/** `[[ADDRESS:]PUBLISHED:]TARGET[/PROTOCOL]`. */
function publishedPort(port: unknown, at: Place): Fields | undefined {
    if (isFields(port)) {
        return { mode: "ingress", protocol: "tcp", ...port };
    }
    const match = /^(?:(?:(\[[0-9a-fA-F:]+\]|[0-9.]+):)?(\d*(?:-\d+)?):)?(\d+(?:-\d+)?)(?:\/(tcp|udp|sctp))?$/.exec(
        String(port),
    );
    if (match === null) {
        return at.fail("must be [[ADDRESS:]PUBLISHED:]TARGET[/PROTOCOL]");
    }
    const [, address, published, target = "", protocol = "tcp"] = match;
    if (target.includes("-")) {
        return at.fail("is a range of ports: relink sends requests to one port of a container");
    }
    return {
        mode: "ingress",
        ...(address && { host_ip: address.replace(/^\[|\]$/g, "") }),
        target: Number(target),
        ...(published && { published }),
        protocol,
    };
}

/** `SOURCE:TARGET[:OPTIONS]`, or a target alone. */
function mount(volume: unknown, at: Place): Fields | undefined {
    if (isFields(volume)) {
        const { type, source } = volume;
        const isPath = type === "bind" && typeof source === "string";
        return { ...volume, ...(isPath && { source: onHost(source, at.folder) }), ...cleaned(volume.target) };
    }
    const [first = "", second, options, ...more] = String(volume).split(":");
    if (first === "" || second === "" || more.length > 0) {
        return at.fail("must be SOURCE:TARGET[:ro]");
    }
    if (second === undefined) {
        return { type: "volume", ...cleaned(first) };
    }
    const words = options?.split(",") ?? [];
    const selinux = words.find(word => word === "z" || word === "Z");
    const propagation = words.find(word => /^r?(private|shared|slave)$/.test(word));
    const isBind = /^[./~]/.test(first);
    return {
        type: isBind ? "bind" : "volume",
        source: isBind ? onHost(first, at.folder) : first,
        ...cleaned(second),
        ...(words.includes("ro") && { read_only: true }),
        ...(isBind && { bind: { ...(selinux && { selinux }), ...(propagation && { propagation }) } }),
        ...(words.includes("nocopy") && { volume: { nocopy: true } }),
    };
}

function cleaned(target: unknown): Fields {
    return { target: posix.normalize(String(target)).replace(/(.)\/$/, "$1") };
}

function onHost(source: string, folder: string): string {
    if (source === "~" || source.startsWith("~/")) {
        return homedir() + source.slice(1);
    }
    return isAbsolute(source) ? source : resolve(folder, source);
}

function secretReference(secret: unknown, at: Place): Fields | undefined {
    return isFields(secret) || isPlain(secret)
        ? { source: secret, ...fieldsOf(secret) }
        : at.fail("must be the name of a secret, or a map");
}
