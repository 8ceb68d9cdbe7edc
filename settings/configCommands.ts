import { isAscii } from "../text/ascii";
import { type ConfigPath, commandKey } from "./ConfigPath";

/**
 * The shell command that sets a value. It quotes the value where the shell needs that, and writes VALUE where a
 * terminal may not show the value.
 *
 * A secret has no place on a command line: every user of the machine can read that, and the shell remembers it. Its
 * command lets Pulumi ask for the value, or read it from the standard input.
 */
export function setCommand(path: ConfigPath, value: string): string {
    if (path[0] === "certificates" && path.length === 2) {
        // When Pulumi asks, it reads one line. A PEM has several.
        return `pulumi config set --secret${pathOption(path)} < ${value}_FILE`;
    }
    if (path[0] === "users" && path.length === 2) {
        return `openssl passwd -6 | pulumi config set --secret${pathOption(path)}`;
    }
    if (path[0] === "secrets" || path[0] === "registries") {
        return `pulumi config set --secret${pathOption(path)}`;
    }
    const shown = quote(isAscii(value) ? value : "VALUE");
    return `pulumi config set${pathOption(path)} ${value.startsWith("-") ? `-- ${shown}` : shown}`;
}

/** The shell command that removes a key and all below it. */
export function removeCommand(path: ConfigPath): string {
    return `pulumi config rm${pathOption(path)}`;
}

/** The shell command that names a first service. */
export const firstServiceCommand = [
    setCommand(["services", "web", "image"], "IMAGE"),
    setCommand(["services", "web", "port"], "8080"),
].join(" && ");

function pathOption(path: ConfigPath): string {
    return path.length > 1 ? ` --path ${quoteAlways(commandKey(path))}` : ` ${quote(commandKey(path))}`;
}

/** @returns a word of a shell command, quoted where the shell needs that */
export function quote(text: string): string {
    return /^[A-Za-z0-9_./:@=,+-]+$/.test(text) ? text : quoteAlways(text);
}

/** Escapes letters that a terminal may not show, as bash, ksh and zsh read them. */
function quoteAlways(text: string): string {
    return isAscii(text)
        ? `'${text.replaceAll("'", `'\\''`)}'`
        : `$'${text.replace(/[\\']/g, letter => `\\${letter}`).replace(/[^\x20-\x7e]/gu, escaped)}'`;
}

function escaped(letter: string): string {
    const code = letter.codePointAt(0)!.toString(16);
    return code.length <= 4 ? `\\u${code.padStart(4, "0")}` : `\\U${code.padStart(8, "0")}`;
}
