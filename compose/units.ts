const millisecondsPerUnit: Record<string, number> = {
    ns: 1e-6,
    us: 1e-3,
    µs: 1e-3,
    ms: 1,
    s: 1_000,
    m: 60_000,
    h: 3_600_000,
    d: 86_400_000,
    w: 604_800_000,
};

/**
 * @returns the milliseconds of a time as Compose spells it (`1m30s`, `1.5s`), rounded; undefined for any other value
 */
export function parseTime(raw: unknown): number | undefined {
    const text = String(raw);
    if (text === "0") {
        return 0;
    }
    const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d|w)/g)];
    if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) {
        return undefined;
    }
    return Math.round(parts.reduce((sum, [, count, unit]) => sum + Number(count) * millisecondsPerUnit[unit!]!, 0));
}

/** @returns a time as relink's config spells it; any other value as it is, for which the schema has a message */
export function spellTime(raw: unknown): unknown {
    const milliseconds = parseTime(raw);
    return milliseconds === undefined
        ? raw
        : milliseconds % 1000 === 0
          ? `${milliseconds / 1000}s`
          : `${milliseconds}ms`;
}

/** @returns the bytes of a size as Compose spells it (`512m`, `1.5gb`, `1024`); undefined for any other value */
export function parseBytes(raw: unknown): number | undefined {
    const match = /^(\d+(?:\.\d+)?) ?([bkmgtp])?i?b?$/i.exec(String(raw));
    if (match === null) {
        return undefined;
    }
    const [, count, unit = "b"] = match;
    return Math.floor(Number(count) * 1024 ** "bkmgtp".indexOf(unit.toLowerCase()));
}

/** @returns the number of a text; a number that comes from a variable is a text in a Compose file */
export function wholeNumber(value: unknown): unknown {
    return typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
}

/** @returns the boolean of a text; one that comes from a variable is a text in a Compose file */
export function flag(value: unknown): unknown {
    return value === "true" ? true : value === "false" ? false : value;
}
