import { type Fields, isFields } from "../settings/fields";

/**
 * Merges one service over another one, as Compose does with further `-f` files and with `extends`: maps key by key,
 * lists item by item; commands replace each other. Both services are in their long form.
 */
export function mergeServices(base: Fields, over: Fields): Fields {
    return mergeFields(base, over, []);
}

function mergeFields(base: Fields, over: Fields, path: string[]): Fields {
    const result = { ...base };
    for (const [key, value] of Object.entries(over)) {
        const old = result[key];
        result[key] = old === undefined || value === null ? (value ?? old) : mergeValues(old, value, [...path, key]);
    }
    return result;
}

const replaced = ["command", "entrypoint", "healthcheck.test"];

function mergeValues(old: unknown, value: unknown, path: string[]): unknown {
    const key = path.join(".");
    if (replaced.includes(key) || (key === "logging" && differs(old, value, "driver"))) {
        return value;
    }
    if (isFields(old) && isFields(value)) {
        return mergeFields(old, value, path);
    }
    return Array.isArray(old) && Array.isArray(value) ? mergeLists(old, value, key) : value;
}

function differs(old: unknown, value: unknown, key: string): boolean {
    return (
        isFields(old) &&
        isFields(value) &&
        old[key] !== undefined &&
        value[key] !== undefined &&
        old[key] !== value[key]
    );
}

/** An item with the identity of an old one takes its place in the list; all others are appended. */
function mergeLists(old: unknown[], value: unknown[], key: string): unknown[] {
    const byIdentity = new Map<string, unknown>();
    for (const item of [...old, ...value]) {
        byIdentity.set(identity(item, key), item);
    }
    return [...byIdentity.values()];
}

function identity(item: unknown, key: string): string {
    if (!isFields(item)) {
        return String(item);
    }
    switch (key) {
        case "volumes":
            return String(item.target);
        case "ports":
            return [item.host_ip, item.published, item.target, item.protocol].join();
        case "secrets":
            return String(item.target ?? item.source);
        case "env_file":
            return String(item.path);
        default:
            return JSON.stringify(item);
    }
}
