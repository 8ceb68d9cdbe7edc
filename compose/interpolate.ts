import { ComposeError } from "./ComposeError";

const dollar = "$";

/** @returns a variable's value; undefined where it is not set */
export type Lookup = (name: string) => string | undefined;

/** Is told of a variable that is not set and has no default. */
export type OnUnset = (name: string) => void;

/**
 * Replaces variables as Compose does: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?message}`,
 * `${NAME?message}`, `${NAME:+other}`, `${NAME+other}`, with further variables inside; `$$` is a dollar sign.
 *
 * @param onUnset such a variable becomes an empty text
 * @throws ComposeError that does not repeat the text, which may hold a secret
 */
export function interpolate(text: string, lookup: Lookup, onUnset: OnUnset = () => {}): string {
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

/** @param inner the text between the braces */
function braced(inner: string, lookup: Lookup, onUnset: OnUnset): string {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+?])([\s\S]*))?$/.exec(inner);
    if (match === null) {
        throw new ComposeError(`has a ${dollar}{...} that is not a variable: a dollar sign itself is written $$`);
    }
    const [, name = "", operator, word = ""] = match;
    if (operator === undefined) {
        return variable(name, lookup, onUnset);
    }
    const value = lookup(name);
    const isSet = value !== undefined && (value !== "" || !operator.startsWith(":"));
    const filled = (): string => interpolate(word, lookup, onUnset);
    switch (operator.at(-1)) {
        case "-":
            return isSet ? value : filled();
        case "+":
            return isSet ? filled() : "";
        default:
            if (isSet) {
                return value;
            }
            throw new ComposeError(
                `needs the variable ${name}${word === "" ? "" : `: ${filled()}`}`,
                {},
                `set it in the environment or an env file (.env, unless envFile names others): ${name}=VALUE`,
            );
    }
}

function variable(name: string, lookup: Lookup, onUnset: OnUnset): string {
    const value = lookup(name);
    if (value === undefined) {
        onUnset(name);
    }
    return value ?? "";
}

/** @returns the index of the brace that closes the first one */
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
    throw new ComposeError(`has a ${dollar}{ without its }: a dollar sign itself is written $$`);
}
