import { type Fields, isFields } from "../settings/fields";
import type { ComposePath } from "./ComposeError";

/**
 * Leaves out what `compose.ignore` names: `container_name`, `healthcheck.start_interval`, or `labels.traefik.*` for all
 * labels that begin so.
 */
export function withoutIgnored(service: Fields, ignored: readonly string[]): Fields {
    return ignored.reduce(without, service);
}

/** Whether `ignored` names a key of a service, or a key around it. */
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
