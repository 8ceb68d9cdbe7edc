import { ComposeError, composeError } from "./ComposeError";
import { interpolate, type Lookup, type OnUnset } from "./interpolate";

/**
 * Reads a file of variables as Compose does: `NAME=value`, `export NAME=value`, `NAME: value`, `NAME` alone (its value
 * is that of the lookup), comments, quoted values over several lines, escapes in double quotes, and variables in all
 * values but those in single quotes.
 *
 * @param lookup values that override those of the file
 * @param onUnset a dollar sign in a password makes such a variable
 * @throws ComposeError with the line; it does not repeat the text
 */
export function parseEnvironmentFile(text: string, lookup: Lookup, onUnset?: OnUnset): Record<string, string> {
    return new EnvironmentFile(text, lookup, onUnset).parse();
}

class EnvironmentFile {
    readonly #source: string;
    readonly #values: Record<string, string> = {};
    #at = 0;

    constructor(
        text: string,
        private readonly lookup: Lookup,
        private readonly onUnset?: OnUnset,
    ) {
        this.#source = text.replace(/^\uFEFF/, "");
    }

    parse(): Record<string, string> {
        for (;;) {
            this.take(/(?:\s+|#[^\n]*)*/y);
            if (this.#at >= this.#source.length) {
                return this.#values;
            }
            this.takeVariable();
        }
    }

    private takeVariable(): void {
        this.take(/export[^\S\n]+/y);
        const name = this.take(/[\p{L}\p{N}_.[\]-]+/uy) ?? this.fail("does not begin with the name of a variable");
        this.take(/[^\S\n]+/y);
        if (this.take(/[=:][^\S\n]*/y) !== undefined) {
            this.#values[name] = this.takeValue();
        } else if (this.take(/\n/y) === undefined) {
            this.fail("has a name of a variable, but no = after it");
        } else {
            const value = this.lookup(name);
            if (value !== undefined) {
                this.#values[name] = value;
            }
        }
    }

    private takeValue(): string {
        const single = this.take(/'(?:\\[\s\S]|[^'\\])*'/y);
        if (single !== undefined) {
            return single.slice(1, -1).replaceAll("\\'", "'");
        }
        const double = this.take(/"(?:\\[\s\S]|[^"\\])*"/y);
        if (double !== undefined) {
            return this.filled(withoutEscapes(double.slice(1, -1).replaceAll('\\"', '"')));
        }
        if (/['"]/.test(this.#source[this.#at] ?? "")) {
            this.fail("has a quote that is not closed");
        }
        const line = this.take(/[^\n]*/y) ?? "";
        return this.filled((line.split(" #")[0] ?? "").trimEnd());
    }

    private filled(value: string): string {
        const lookup: Lookup = name =>
            this.lookup(name) ?? (Object.hasOwn(this.#values, name) ? this.#values[name] : undefined);
        try {
            return interpolate(value, lookup, this.onUnset);
        } catch (error) {
            throw composeError(error).at({ line: this.line() });
        }
    }

    /** @returns the text that matches here, and goes on behind it; undefined where the text does not match */
    private take(pattern: RegExp): string | undefined {
        pattern.lastIndex = this.#at;
        const found = pattern.exec(this.#source)?.[0];
        this.#at += found?.length ?? 0;
        return found;
    }

    private fail(message: string): never {
        throw new ComposeError(message, { line: this.line() });
    }

    private line(): number {
        return this.#source.slice(0, this.#at).split("\n").length;
    }
}

const escapes: Record<string, string> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", $: "$$" };

function withoutEscapes(text: string): string {
    return text.replace(/\\(?:0([0-7]{3})|([abfnrtv$"\\]))/g, (_, octal: string | undefined, letter: string) =>
        octal === undefined ? (escapes[letter] ?? letter) : String.fromCharCode(Number.parseInt(octal, 8)),
    );
}
