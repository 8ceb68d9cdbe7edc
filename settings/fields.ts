/** An object as JSON and YAML have it. */
export type Fields = Record<string, unknown>;

/** Whether a value is an object, and not a list. */
export function isFields(value: unknown): value is Fields {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @returns the object, or an empty one for any other value */
export function fieldsOf(value: unknown): Fields {
    return isFields(value) ? value : {};
}

/** @returns `base` with the values of `over`, objects key by key */
export function mergedFields(base: Fields, over: Fields): Fields {
    const entries = Object.entries(over).map(([key, value]) => {
        const other = base[key];
        return [key, isFields(value) && isFields(other) ? mergedFields(other, value) : value] as const;
    });
    return { ...base, ...Object.fromEntries(entries) };
}

/** @returns the list, or an empty one for any other value */
export function itemsOf(value: unknown): unknown[] {
    return Array.isArray(value) ? value : [];
}
