import { Duration } from "../model/Duration";

const millisecondsPerUnit: Record<string, number> = {
    us: 1e-3,
    ms: 1,
    s: 1_000,
    m: 60_000,
    h: 3_600_000,
    d: 86_400_000,
};

/**
 * @param text a time as HAProxy reads it: `10s`, or `5000`, which are milliseconds
 * @returns the time as the stack config spells it; undefined where it is not one, or too long
 */
export function spellHaproxyTime(text: string): string | undefined {
    const [, count, unit = "ms"] = /^(\d{1,12})(us|ms|s|m|h|d)?$/.exec(text) ?? [];
    if (count === undefined) {
        return undefined;
    }
    try {
        if (/^\d+(?:ms|s|m|h)$/.test(text)) {
            Duration.parse(text);
            return text;
        }
        return Duration.ofMilliseconds(Math.ceil(Number(count) * millisecondsPerUnit[unit]!)).toString();
    } catch {
        return undefined;
    }
}
