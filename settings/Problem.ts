/** Where something is in the stack config, without the namespace: `["services", "web", "port"]`. */
export type ConfigPath = readonly (string | number)[];

/** One thing that is wrong with the stack config. */
export interface Problem {
    path: ConfigPath;
    /** Where it is instead, when it is not in the stack config: `compose.yaml:12: services.web.ports[0]`. */
    place?: string;
    /** What was received and what is wanted, as a sentence that starts with a verb. Never holds a secret value. */
    message: string;
    /** A shell command that fixes it, with a word in capitals where the user has to fill something in; or what to do. */
    fix: string;
}

/** Values in here may be secret: they are never repeated. */
export function isSensitive(path: ConfigPath): boolean {
    const [first, , third] = path;
    // A section of a wrong type may hold anything.
    // Where the name of a secret belongs, somebody may have put its value.
    const inService = first === "services" && (path.length <= 2 || third === "env" || third === "secrets");
    return first === "secrets" || first === "registries" || inService;
}

/** What was received and what is wanted, as one sentence. */
export function mismatch(value: unknown, path: ConfigPath, wanted: string): string {
    return value === undefined
        ? `is missing: it must be ${wanted}`
        : `is ${describeValue(value, path)}, but must be ${wanted}`;
}

/** A received value for the user's eyes: short, in one line, ASCII only, and without the content of what is secret. */
export function describeValue(value: unknown, path: ConfigPath): string {
    if (value === undefined) {
        return "missing";
    }
    if (value === null) {
        return "empty";
    }
    if (typeof value === "object") {
        return Array.isArray(value) ? "a list" : "an object";
    }
    // The address of an Engine may hold a password before an @.
    if (isSensitive(path) || (path[0] === "host" && String(value).includes("@"))) {
        return `a ${typeof value}`;
    }
    const text = typeof value === "string" ? JSON.stringify(shorten(value)) : String(value);
    return toAscii(text);
}

/** `relink:services.web.env["a.b"]`, as `pulumi config --path` reads it. */
export function configKey(path: ConfigPath): string {
    const [first, ...rest] = path;
    if (first === undefined) {
        return "relink";
    }
    const tail = rest.map(segment => {
        if (typeof segment === "number") {
            return `[${segment}]`;
        }
        return isPlainName(segment) ? `.${segment}` : `[${toAscii(JSON.stringify(segment))}]`;
    });
    return `relink:${toAscii(String(first))}${tail.join("")}`;
}

/** Where a problem is, for the user's eyes. */
export function placeOf({ path, place }: Problem): string {
    return place === undefined ? configKey(path) : toAscii(place);
}

/**
 * Sets a value; it is quoted where the shell needs it, and left to the user where a terminal may not show it. A secret has no
 * place on a command line, which every user of the machine can read and the shell remembers: Pulumi asks for it, or reads it
 * from the standard input.
 */
export function setCommand(path: ConfigPath, value: string): string {
    if (path[0] === "secrets" || path[0] === "registries") {
        return `pulumi config set --secret${pathOption(path)}`;
    }
    const shown = quote(isPrintable(value) ? value : "VALUE");
    return `pulumi config set${pathOption(path)} ${value.startsWith("-") ? `-- ${shown}` : shown}`;
}

/** Removes a key and all below it. */
export function removeCommand(path: ConfigPath): string {
    return `pulumi config rm${pathOption(path)}`;
}

/** Names a first service. */
export const firstServiceCommand = [
    setCommand(["services", "web", "image"], "IMAGE"),
    setCommand(["services", "web", "port"], "8080"),
].join(" && ");

/** All problems as one text. */
export function renderProblems(problems: readonly Problem[], stack: string): string {
    const count = problems.length === 1 ? "1 setting is" : `${problems.length} settings are`;
    const lines = problems.map(problem => `  ${placeOf(problem)}\n      ${problem.message}\n      fix: ${problem.fix}`);
    return [`${count} wrong in the config of stack ${stack}; nothing was changed.`, ...lines].join("\n\n");
}

function pathOption(path: ConfigPath): string {
    return path.length > 1 ? ` --path ${quoteAlways(commandKey(path))}` : ` ${quote(commandKey(path))}`;
}

/** The key as `pulumi config` has to get it, to the letter: in its paths only a quote is escaped. */
function commandKey([first = "", ...rest]: ConfigPath): string {
    const tail = rest.map(segment =>
        typeof segment === "number" || isPlainName(segment)
            ? configKey(["", segment]).slice("relink:".length)
            : `["${segment.replaceAll('"', '\\"')}"]`,
    );
    return `relink:${first}${tail.join("")}`;
}

function quote(text: string): string {
    return /^[A-Za-z0-9_./:@=,+-]+$/.test(text) ? text : quoteAlways(text);
}

/** A text that a terminal may not show is escaped, as bash, ksh and zsh read it. */
function quoteAlways(text: string): string {
    return isPrintable(text)
        ? `'${text.replaceAll("'", `'\\''`)}'`
        : `$'${text.replace(/[\\']/g, letter => `\\${letter}`).replace(/[^\x20-\x7e]/gu, escaped)}'`;
}

function escaped(letter: string): string {
    const code = letter.codePointAt(0)!.toString(16);
    return code.length <= 4 ? `\\u${code.padStart(4, "0")}` : `\\U${code.padStart(8, "0")}`;
}

function isPlainName(segment: string): boolean {
    return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(segment);
}

function isPrintable(text: string): boolean {
    return /^[\x20-\x7e]*$/.test(text);
}

function shorten(text: string): string {
    return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Control characters would reach the terminal, and look-alike letters would hide the mistake. */
function toAscii(text: string): string {
    return text.replace(/[^\x20-\x7e]/g, letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
