import { toAscii } from "../text/ascii";

/** Where something is in the stack config, without the namespace: `["services", "web", "port"]`. */
export type ConfigPath = readonly (string | number)[];

/** @returns `relink:services.web.env["a.b"]`, as `pulumi config --path` reads it */
export function configKey(path: ConfigPath): string {
    const [first, ...rest] = path;
    return first === undefined ? "relink" : `relink:${toAscii(String(first))}${rest.map(spellSegment).join("")}`;
}

function spellSegment(segment: string | number): string {
    if (typeof segment === "number") {
        return `[${segment}]`;
    }
    return isPlainName(segment) ? `.${segment}` : `[${toAscii(JSON.stringify(segment))}]`;
}

/** @returns the key letter by letter, for `pulumi config`: in its paths only a quote is escaped */
export function commandKey([first = "", ...rest]: ConfigPath): string {
    const tail = rest.map(segment =>
        typeof segment === "number" || isPlainName(segment)
            ? spellSegment(segment)
            : `["${segment.replaceAll('"', '\\"')}"]`,
    );
    return `relink:${first}${tail.join("")}`;
}

/** Keys whose values are secrets. */
const sensitive: unknown[] = ["secrets", "registries", "certificates", "users"];

/** Whether a value at this path may be a secret: then no message and no command repeats it. */
export function isSensitive(path: ConfigPath): boolean {
    const [first, , third] = path;
    // A section of a wrong type may hold anything. The value of a secret may stand where its name belongs.
    const inService = first === "services" && (path.length <= 2 || third === "env" || third === "secrets");
    return sensitive.includes(first) || inService;
}

/** Whether the path is `start`, or below it. */
export function startsWith(path: ConfigPath, start: ConfigPath): boolean {
    return start.every((segment, index) => path[index] === segment);
}

function isPlainName(segment: string): boolean {
    return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(segment);
}
