const dollar = "$";

/** A variable's value, or undefined where it is not set. */
export type Lookup = (name: string) => string | undefined;

/** A `${...}` that cannot be filled in. The text around it is not repeated: it may hold a secret. */
export class InterpolationError extends Error {
    constructor(
        message: string,
        /** Name of a variable that has to be set. */
        readonly variable?: string,
    ) {
        super(message);
    }
}

/**
 * Fills in variables as Compose does: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?message}`,
 * `${NAME?message}`, `${NAME:+other}`, `${NAME+other}`, with further variables inside of them; `$$` is a dollar sign.
 *
 * @param onUnset hears of variables that are not set and have no default: they become nothing
 * @throws InterpolationError
 */
export function interpolate(text: string, lookup: Lookup, onUnset: (name: string) => void = () => {}): string {
    let result = "";
    let rest = text;
    for (let at = rest.indexOf("$"); at >= 0; at = rest.indexOf("$")) {
        result += rest.slice(0, at);
        rest = rest.slice(at);
        const name = /^\$([A-Za-z_][A-Za-z0-9_]*)/.exec(rest)?.[1];
        if (rest.startsWith("$$")) {
            result += "$";
            rest = rest.slice(2);
        } else if (name !== undefined) {
            result += variable(name, lookup, onUnset);
            rest = rest.slice(1 + name.length);
        } else if (rest.startsWith("${")) {
            const end = closingBrace(rest);
            result += braced(rest.slice(2, end), lookup, onUnset);
            rest = rest.slice(end + 1);
        } else {
            result += "$";
            rest = rest.slice(1);
        }
    }
    return result + rest;
}

/** What is between the braces. */
function braced(inner: string, lookup: Lookup, onUnset: (name: string) => void): string {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+?])([\s\S]*))?$/.exec(inner);
    if (match === null) {
        throw new InterpolationError(`has a ${dollar}{...} that is no variable: a dollar sign itself is written $$`);
    }
    const [, name = "", operator, word = ""] = match;
    if (operator === undefined) {
        return variable(name, lookup, onUnset);
    }
    const value = lookup(name);
    const isThere = value !== undefined && (value !== "" || !operator.startsWith(":"));
    const filled = (): string => interpolate(word, lookup, onUnset);
    switch (operator.at(-1)) {
        case "-":
            return isThere ? value : filled();
        case "+":
            return isThere ? filled() : "";
        default:
            if (isThere) {
                return value;
            }
            throw new InterpolationError(`needs the variable ${name}${word === "" ? "" : `: ${filled()}`}`, name);
    }
}

function variable(name: string, lookup: Lookup, onUnset: (name: string) => void): string {
    const value = lookup(name);
    if (value === undefined) {
        onUnset(name);
    }
    return value ?? "";
}

/** Index of the brace that closes the first one. */
function closingBrace(text: string): number {
    let open = 0;
    for (let index = 1; index < text.length; index += 1) {
        if (text[index] === "{") {
            open += 1;
        } else if (text[index] === "}") {
            open -= 1;
            if (open === 0) {
                return index;
            }
        }
    }
    throw new InterpolationError(`has a ${dollar}{ without its }: a dollar sign itself is written $$`);
}
