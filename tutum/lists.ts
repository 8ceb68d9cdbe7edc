/** Splits a list as Tutum's HAProxy did: by commas, unless a backslash stands before one. Empty items are left out. */
export function splitList(value: string): string[] {
    return value
        .split(/(?<!\\),/)
        .map(item => item.trim().replaceAll("\\,", ","))
        .filter(item => item !== "");
}

/** Splits a line of HAProxy's configuration into words. A backslash before a blank keeps it in the word. */
export function splitLine(line: string): string[] {
    return (line.match(/(?:\\.|\S)+/g) ?? []).map(word => word.replace(/\\(.)/g, "$1"));
}

/** @returns pairs `NAME:REST` of a list; an item without a colon has an empty name */
export function splitPairs(value: string): [name: string, rest: string][] {
    return splitList(value).map(item => {
        const colon = item.indexOf(":");
        return colon < 0 ? ["", item] : [item.slice(0, colon).trim(), item.slice(colon + 1).trim()];
    });
}
