import { type Fields, isFields } from "../settings/fields";
import type { ComposePath } from "./values";

/**
 * A service without the keys that the stack config says it can do without: `container_name`, `healthcheck.start_interval`,
 * or `labels.traefik.*` for all labels that begin so.
 */
export function withoutIgnored(service: Fields, ignored: readonly string[]): Fields {
    return ignored.reduce(without, service);
}

/** Whether a key of a service, or something that it is in, is among those. */
export function isIgnored(key: ComposePath, ignored: readonly string[]): boolean {
    const text = key.join(".");
    return ignored.some(name =>
        name.endsWith("*") ? text.startsWith(name.slice(0, -1)) : text === name || text.startsWith(`${name}.`),
    );
}

function without(fields: Fields, key: string): Fields {
    if (Object.hasOwn(fields, key)) {
        return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key));
    }
    const dot = key.indexOf(".");
    const first = key.slice(0, dot);
    if (dot > 0 && isFields(fields[first])) {
        return { ...fields, [first]: without(fields[first], key.slice(dot + 1)) };
    }
    const start = key.slice(0, -1);
    return key.endsWith("*")
        ? Object.fromEntries(Object.entries(fields).filter(([name]) => !name.startsWith(start)))
        : fields;
}
