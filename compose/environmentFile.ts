import { InterpolationError, interpolate, type Lookup } from "./interpolate";

/** A line of an environment file that cannot be read; what is in it is not repeated. */
export class EnvironmentFileError extends Error {
    constructor(
        readonly line: number,
        message: string,
    ) {
        super(message);
    }
}

/**
 * Reads a file of variables as Compose does: `NAME=value`, `export NAME=value`, `NAME: value`, `NAME` alone (taken from
 * the lookup), comments, values in single or double quotes over several lines, escapes in double quotes, and variables
 * in all but single quotes.
 *
 * @param lookup what variables mean, before those of the file itself
 * @param onUnset hears of variables in values that are not set: a dollar sign of a password makes one
 * @throws EnvironmentFileError
 */
export function parseEnvironmentFile(
    text: string,
    lookup: Lookup,
    onUnset: (name: string) => void = () => {},
): Record<string, string> {
    const values: Record<string, string> = {};
    const known: Lookup = name => lookup(name) ?? (Object.hasOwn(values, name) ? values[name] : undefined);
    const source = text.replace(/^\uFEFF/, "");
    let at = 0;
    const fail = (message: string): never => {
        throw new EnvironmentFileError(source.slice(0, at).split("\n").length, message);
    };
    const fill = (value: string): string => {
        try {
            return interpolate(value, known, onUnset);
        } catch (error) {
            if (!(error instanceof InterpolationError)) {
                throw error;
            }
            return fail(error.message);
        }
    };
    const take = (pattern: RegExp): string | undefined => {
        pattern.lastIndex = at;
        const found = pattern.exec(source)?.[0];
        at += found?.length ?? 0;
        return found;
    };
    for (;;) {
        take(/(?:\s+|#[^\n]*)*/y);
        if (at >= source.length) {
            return values;
        }
        take(/export[^\S\n]+/y);
        const name = take(/[\p{L}\p{N}_.[\]-]+/uy) ?? fail("does not begin with the name of a variable");
        take(/[^\S\n]+/y);
        if (take(/[=:][^\S\n]*/y) === undefined) {
            if (take(/\n/y) === undefined) {
                fail("has a name of a variable, but no = after it");
            }
            const value = lookup(name);
            if (value !== undefined) {
                values[name] = value;
            }
            continue;
        }
        const single = take(/'(?:\\[\s\S]|[^'\\])*'/y);
        const double = single === undefined ? take(/"(?:\\[\s\S]|[^"\\])*"/y) : undefined;
        if (single !== undefined) {
            values[name] = single.slice(1, -1).replaceAll("\\'", "'");
        } else if (double !== undefined) {
            values[name] = fill(withoutEscapes(double.slice(1, -1).replaceAll('\\"', '"')));
        } else if (/['"]/.test(source[at] ?? "")) {
            fail("has a quote that is not closed");
        } else {
            const line = take(/[^\n]*/y) ?? "";
            values[name] = fill((line.split(" #")[0] ?? "").trimEnd());
        }
    }
}

const escapes: Record<string, string> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", $: "$$" };

function withoutEscapes(text: string): string {
    return text.replace(/\\(?:0([0-7]{3})|([abfnrtv$"\\]))/g, (_, octal: string | undefined, letter: string) =>
        octal === undefined ? (escapes[letter] ?? letter) : String.fromCharCode(Number.parseInt(octal, 8)),
    );
}
