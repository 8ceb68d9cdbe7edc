type Segment = string | number;

/** An object around the key is wrong. The user has to mend that one first. */
export class Blocked extends Error {}

/**
 * Applies a problem's fix to a decoded stack config as `pulumi config set` and `rm` of CLI 3.230 do.
 *
 * @returns undefined if the user has to fill something in first
 * @throws Error if the CLI or the shell would fail
 */
export function applyFix(fix: string, raw: unknown): unknown | undefined {
    const config = structuredClone(raw) as Record<string, unknown>;
    // Where the user reads a secret from is in capitals, or a program that asks for a password and prints its hash.
    const own = fix.replace(/(--secret .*) < [A-Z_]+$/, "$1").replace(/(^|&& )openssl passwd -6 \| /, "$1");
    const commands = splitAt(wordsOf(own), "&&");
    let isComplete = true;
    for (const [program, group, verb, ...rest] of commands) {
        if (program !== "pulumi" || group !== "config") {
            throw new Error(`no command of Pulumi's config: ${fix}`);
        }
        const end = rest.indexOf("--");
        const flags = rest.filter((word, index) => word.startsWith("--") && (end < 0 || index < end));
        const operands = rest.filter((word, index) => (end < 0 || index < end ? !word.startsWith("-") : index > end));
        const [key, value] = operands;
        // The user types a secret, or passes it by stdin.
        const isSecret = flags.includes("--secret");
        const wanted = verb === "set" && !isSecret ? 2 : 1;
        const known = flags.every(flag => flag === "--path" || (verb === "set" && flag === "--secret"));
        if (
            operands.length !== wanted ||
            !known ||
            flags.length + operands.length + (end < 0 ? 0 : 1) !== rest.length
        ) {
            throw new Error(`Pulumi would not take this: ${fix}`);
        }
        const path = flags.includes("--path") ? parsePath(key!) : [key!.replace(/^relink:/, "")];
        if (isSecret) {
            isComplete = false;
        } else if (verb === "set") {
            isComplete &&= !/^[A-Z]{2,}$/.test(value!);
            set(config, path, flags.includes("--path") ? typed(value!) : value);
        } else if (verb === "rm") {
            remove(config, path);
        } else {
            throw new Error(`no verb of pulumi config: ${fix}`);
        }
    }
    return isComplete ? config : undefined;
}

/** Splits as a shell does: 'quoted', $'escaped', \\' and bare words. It throws on all that a shell would expand. */
function wordsOf(line: string): string[] {
    const words: string[] = [];
    const part = /\s+|'([^']*)'|\$'((?:[^'\\]|\\.)*)'|\\(.)|([A-Za-z0-9_./:@=,+&-]+)/gy;
    let word: string | undefined;
    let at = 0;
    for (let match = part.exec(line); match !== null; match = part.exec(line)) {
        const [whole, quoted, escaped, single, bare] = match;
        at = part.lastIndex;
        if (/^\s/.test(whole)) {
            words.push(...(word === undefined ? [] : [word]));
            word = undefined;
        } else {
            word =
                (word ?? "") + (quoted ?? (escaped === undefined ? undefined : unescaped(escaped)) ?? single ?? bare);
        }
    }
    if (at !== line.length) {
        throw new Error(`a shell would read something into this: ${line.slice(at)}`);
    }
    return [...words, ...(word === undefined ? [] : [word])];
}

/** @param text what is between the quotes of $'...' */
function unescaped(text: string): string {
    return text.replace(/\\(?:u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/g, (_, short?: string, long?: string, letter = "") => {
        const code = short ?? long;
        return code === undefined ? letter : String.fromCodePoint(Number.parseInt(code, 16));
    });
}

function splitAt(words: string[], mark: string): string[][] {
    const parts: string[][] = [[]];
    for (const word of words) {
        if (word === mark) {
            parts.push([]);
        } else {
            parts.at(-1)!.push(word);
        }
    }
    return parts;
}

/** Parses one of Pulumi's paths. Its only escape is `\"`: any other backslash stands for itself. */
function parsePath(text: string): Segment[] {
    const segments: Segment[] = [];
    const part = /(?:^relink:|\.)([^.[\]"]+)|\[(\d+)\]|\["((?:\\"|[^"])*)"\]/gsy;
    let at = 0;
    for (let match = part.exec(text); match !== null; match = part.exec(text)) {
        const [, name, index, quoted] = match;
        segments.push(name ?? (index === undefined ? quoted!.replaceAll('\\"', '"') : Number(index)));
        at = part.lastIndex;
    }
    if (at !== text.length || segments.length === 0) {
        throw new Error(`Pulumi cannot read the path ${text}`);
    }
    return segments;
}

function typed(value: string): unknown {
    if (value === "true" || value === "false") {
        return value === "true";
    }
    return /^(?:0|-?[1-9]\d*)$/.test(value) ? Number(value) : value;
}

function set(config: Record<string, unknown>, path: Segment[], value: unknown): void {
    let parent: unknown = config;
    for (const [index, segment] of path.entries()) {
        if (typeof parent !== "object" || parent === null || Array.isArray(parent) !== (typeof segment === "number")) {
            throw new Blocked(`cannot be set, since what is above it is no object or list: ${path.join(".")}`);
        }
        const holder = parent as Record<Segment, unknown>;
        if (index === path.length - 1) {
            define(holder, segment, value);
        } else if (!Object.hasOwn(holder, segment) || holder[segment] === null || holder[segment] === undefined) {
            define(holder, segment, typeof path[index + 1] === "number" ? [] : {});
        }
        parent = holder[segment];
    }
}

/** Sets a key, also `__proto__`. */
function define(holder: Record<Segment, unknown>, key: Segment, value: unknown): void {
    Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

function remove(config: Record<string, unknown>, path: Segment[]): void {
    let parent: unknown = config;
    for (const segment of path.slice(0, -1)) {
        parent =
            typeof parent === "object" && parent !== null && Object.hasOwn(parent, segment)
                ? (parent as Record<Segment, unknown>)[segment]
                : undefined;
    }
    const last = path.at(-1)!;
    if (typeof parent !== "object" || parent === null || !Object.hasOwn(parent, last)) {
        throw new Error(`nothing to remove at ${path.join(".")}`);
    }
    if (Array.isArray(parent)) {
        parent.splice(Number(last), 1);
    } else {
        delete (parent as Record<Segment, unknown>)[last];
    }
}
