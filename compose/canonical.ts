import { homedir } from "node:os";
import { isAbsolute, posix, resolve } from "node:path";
import { type Fields, fieldsOf, isFields } from "../settings/fields";
import { ComposeError, type ComposePath, needsCompose } from "./values";
import { splitWords } from "./words";

/** Hears of what cannot be read. */
export type Fail = (error: ComposeError) => void;

/**
 * A service in the long form of every key that relink reads, as `docker compose config` prints it. Other keys stay as
 * they are.
 *
 * @param folder that relative paths start from
 */
export function canonicalService(service: Fields, at: ComposePath, folder: string, fail: Fail): Fields {
    const read = (key: string, value: unknown): unknown => {
        const path = [...at, key];
        const wrong = (message: string): undefined => void fail(new ComposeError(path, message));
        const list = <T>(each: (item: unknown, index: number) => T): T[] | undefined =>
            Array.isArray(value) ? value.map(each) : wrong("must be a list");
        switch (key) {
            case "command":
            case "entrypoint":
                return (
                    commandLine(value) ??
                    wrong("must be a list of texts, or a line without ; & | < > ( ) and `: write a list")
                );
            case "environment":
            case "labels":
                return keyValues(value) ?? wrong("must be a list of NAME=VALUE (- A=b) or a map of texts (A: b)");
            case "extra_hosts":
                return extraHosts(value) ?? wrong("must be a list of NAME=ADDRESS or a map");
            case "env_file":
                return oneOrMore(value).map((file, index) => environmentFile(file, [...path, index], folder, fail));
            case "dns":
            case "expose":
                return oneOrMore(value).map(String);
            case "ports":
                return list((port, index) => publishedPort(port, [...path, index], fail))?.filter(isFields);
            case "volumes":
                return list((volume, index) => mount(volume, [...path, index], folder, fail))?.filter(isFields);
            case "secrets":
                return list((secret, index) =>
                    isFields(secret) || isPlain(secret)
                        ? { source: secret, ...fieldsOf(secret) }
                        : void fail(new ComposeError([...path, index], "must be the name of a secret, or a map")),
                )?.filter(isFields);
            case "networks":
            case "depends_on":
                return namedEntries(value) ?? wrong("must be a list of names, or a map whose entries are maps");
            case "healthcheck":
                return isFields(value) ? healthCheck(value) : value;
            default:
                return value;
        }
    };
    for (const keys of maps) {
        const value = keys.reduce<unknown>((fields, key) => fieldsOf(fields)[key], service);
        if (value !== undefined && value !== null && !isFields(value)) {
            fail(new ComposeError([...at, ...keys], "must be a map"));
        }
    }
    // Without a value a key is as good as not there.
    const entries = Object.entries(service).filter(([, value]) => value !== null && value !== undefined);
    return Object.fromEntries(
        entries.map(([key, value]) => [key, read(key, value)]).filter(([, value]) => value !== undefined),
    );
}

/** What has further keys inside. */
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

function isPlain(value: unknown): value is string | number | boolean {
    return ["string", "number", "boolean"].includes(typeof value);
}

/** Names with what is said of each; a list says nothing of them. */
function namedEntries(value: unknown): Fields | undefined {
    if (Array.isArray(value)) {
        return value.every(isPlain) ? Object.fromEntries(value.map(name => [String(name), null])) : undefined;
    }
    const isSound = isFields(value) && Object.values(value).every(entry => entry === null || isFields(entry));
    return isSound ? value : undefined;
}

function oneOrMore(value: unknown): unknown[] {
    return Array.isArray(value) ? value : [value];
}

function commandLine(value: unknown): string[] | undefined {
    if (Array.isArray(value)) {
        return value.every(isPlain) ? value.map(String) : undefined;
    }
    return typeof value === "string" ? splitWords(value) : undefined;
}

/** A map of texts; null stands for a name without a value. */
function keyValues(value: unknown): Record<string, string | null> | undefined {
    if (isFields(value)) {
        const entries = Object.entries(value);
        return entries.every(([, inner]) => inner === null || isPlain(inner))
            ? Object.fromEntries(entries.map(([name, inner]) => [name, inner === null ? null : String(inner)]))
            : undefined;
    }
    if (!Array.isArray(value) || !value.every(isPlain)) {
        return undefined;
    }
    return Object.fromEntries(
        value.map(item => {
            const text = String(item);
            const at = text.indexOf("=");
            return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
        }),
    );
}

/** `NAME=ADDRESS`, which is how Compose 2 prints them. */
function extraHosts(value: unknown): string[] | undefined {
    if (isFields(value)) {
        return Object.entries(value).flatMap(([name, addresses]) =>
            oneOrMore(addresses).map(address => `${name}=${String(address)}`),
        );
    }
    return Array.isArray(value) ? value.map(item => String(item).replace(/^([^:=]+):/, "$1=")) : undefined;
}

function environmentFile(file: unknown, path: ComposePath, folder: string, fail: Fail): Fields {
    const entry = isFields(file) ? file : { path: file };
    if (entry.format !== undefined) {
        fail(new ComposeError([...path, "format"], needsCompose));
    }
    return { path: resolve(folder, String(entry.path)), required: entry.required ?? true };
}

function healthCheck(value: Fields): Fields {
    return typeof value.test === "string" ? { ...value, test: ["CMD-SHELL", value.test] } : value;
}

/** `[[ADDRESS:]PUBLISHED:]TARGET[/PROTOCOL]`. */
function publishedPort(port: unknown, path: ComposePath, fail: Fail): Fields | undefined {
    if (isFields(port)) {
        return { mode: "ingress", protocol: "tcp", ...port };
    }
    const match = /^(?:(?:(\[[0-9a-fA-F:]+\]|[0-9.]+):)?(\d*(?:-\d+)?):)?(\d+(?:-\d+)?)(?:\/(tcp|udp|sctp))?$/.exec(
        String(port),
    );
    if (match === null) {
        fail(new ComposeError(path, "must be [[ADDRESS:]PUBLISHED:]TARGET[/PROTOCOL]"));
        return undefined;
    }
    const [, address, published, target = "", protocol = "tcp"] = match;
    if (target.includes("-")) {
        fail(new ComposeError(path, "is a range of ports: relink sends requests to one port of a container"));
        return undefined;
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
function mount(volume: unknown, path: ComposePath, folder: string, fail: Fail): Fields | undefined {
    if (isFields(volume)) {
        const { type, source } = volume;
        const isPath = type === "bind" && typeof source === "string";
        return { ...volume, ...(isPath && { source: onHost(source, folder) }), ...cleaned(volume.target) };
    }
    const [first = "", second, options, ...more] = String(volume).split(":");
    if (first === "" || second === "" || more.length > 0) {
        fail(new ComposeError(path, "must be SOURCE:TARGET[:ro]"));
        return undefined;
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
        source: isBind ? onHost(first, folder) : first,
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
