import { withoutControls } from "./withoutControls";

/** In the place of a secret. */
const mark = "[secret]";
/** The same during the search. No secret contains this letter. */
const found = "\ue000";

/** A shorter line of a secret could be a part of any text. */
const shortestLine = 6;
/** Fewer characters of Base64 do not identify a secret. */
const shortestBase64 = 4;
/** A longer secret is searched in pieces, so that of a secret that was cut off only the last piece stays. */
const longestPiece = 200;
/** Lengths of the lines that the command `base64` and PEM make. */
const base64Lines = [76, 64];

/**
 * Makes a foreign text fit to be shown: words of Docker, of a registry, of a container or of a user's command. It
 * removes control characters, and replaces every secret value: as it is, escaped for JSON (also twice), for a URL or
 * for a shell, within Base64, and each of its lines alone.
 *
 * Call it with whole lines, before anything is cut off.
 */
export function withoutSecrets(text: string, secretValues: Iterable<string>): string {
    const patterns = [...new Set(secretValues)].flatMap(patternsOf).sort((a, b) => b.length - a.length);
    const marked = patterns.reduce((rest, { expression }) => rest.replace(expression, found), withoutControls(text));
    return marked.replace(new RegExp(`${found}+`, "g"), mark);
}

interface Pattern {
    expression: RegExp;
    /** How many characters it matches. Longer patterns go first, because a secret may contain another one. */
    length: number;
}

const known = new Map<string, Pattern[]>();

function patternsOf(value: string): Pattern[] {
    const patterns = known.get(value) ?? makePatterns(value);
    known.set(value, patterns);
    return patterns;
}

function makePatterns(value: string): Pattern[] {
    // Programs rarely print the last line end of a file, and the text may have lost its control characters.
    const whole = [...new Set([value.trim(), withoutControls(value).trim()])].filter(text => text !== "");
    const lines = whole.flatMap(text => text.split(/[\r\n\u2028\u2029]+|\\n/)).map(line => line.trim());
    const texts = new Set([...whole, ...lines.filter(line => line.length >= shortestLine)]);
    const encoded = [value, ...texts].flatMap(base64Of).filter(text => text.length >= shortestBase64);
    return [
        ...[...texts].flatMap(pieces).map(text => ({ length: text.length, expression: escapedAnyhow(text) })),
        ...[...new Set(encoded)].flatMap(core =>
            pieces(core).map((text, at, { length }) => ({
                length: text.length,
                expression: inBase64(text, at === 0, at === length - 1),
            })),
        ),
    ];
}

/** @returns the pieces of a text, all of about the same length */
function pieces(text: string): string[] {
    const letters = [...text];
    const size = Math.ceil(letters.length / Math.ceil(letters.length / longestPiece));
    const starts = Array.from({ length: Math.ceil(letters.length / size) }, (_, index) => index * size);
    return starts.map(start => letters.slice(start, start + size).join(""));
}

/** @returns an expression that matches the text with any of its letters escaped in any way */
function escapedAnyhow(text: string): RegExp {
    // Several backslashes are one part: each may be doubled, and then they cannot be told apart.
    const parts = text.match(/\\+|[^\\]/gsu) ?? [];
    return new RegExp(parts.map(anyEscape).join(""), "g");
}

const shortEscapes: Record<string, string> = { "\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f" };

function anyEscape(part: string): string {
    if (/^[A-Za-z0-9]$/.test(part)) {
        return part;
    }
    if (part.startsWith("\\")) {
        return `(?:\\\\{${part.length},${part.length * 8}}|(?:%5[cC]){${part.length}})`;
    }
    const bytes = [...Buffer.from(part)].map(byte => byte.toString(16).padStart(2, "0"));
    const units = Array.from({ length: part.length }, (_, at) => part.charCodeAt(at).toString(16).padStart(4, "0"));
    const spellings = [
        // JSON and shells put backslashes before a letter: several where one is inside of the other.
        `\\\\{0,8}${literally(part)}`,
        bytes.map(byte => `%${anyCase(byte)}`).join(""),
        bytes.map(byte => `\\\\{1,8}x${anyCase(byte)}`).join(""),
        units.map(unit => `\\\\{1,8}u${anyCase(unit)}`).join(""),
        ...(part in shortEscapes ? [`\\\\{1,8}${shortEscapes[part]}`] : []),
        ...(part === " " ? ["\\+"] : []),
        ...(part === "\n" ? ["\\r\\n", "%0[dD]%0[aA]"] : []),
        // In a shell, a single quote inside of single quotes is '\'' or '"'"'.
        ...(part === "'" ? ["'\\\\{1,8}''", `'"'"'`] : []),
    ];
    return `(?:${spellings.reverse().join("|")})`;
}

/**
 * @returns the parts of a text's Base64 that do not depend on the text before and behind it, as a user name before a
 *     password; and each line, where it is broken into lines
 */
function base64Of(text: string): string[] {
    const bytes = Buffer.from(text);
    const cores = [0, 1, 2].map(before => {
        const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
        return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    });
    const broken = base64Lines.flatMap(length => cores[0]?.match(new RegExp(`.{1,${length}}`, "g")) ?? []);
    return [...cores, ...broken.filter(line => line.length >= shortestLine)];
}

/**
 * @returns an expression for a piece of Base64 in either alphabet, with the letters at both ends that it has in part
 */
function inBase64(piece: string, isFirst: boolean, isLast: boolean): RegExp {
    const letters = [...piece].map(letter =>
        letter === "+" ? "(?:\\+|-|%2[bB])" : letter === "/" ? "(?:\\\\{0,8}/|_|%2[fF])" : letter,
    );
    const shared = "[A-Za-z0-9+/_-]{0,3}";
    const [before, after] = [isFirst ? shared : "", isLast ? `${shared}(?:=|%3[dD]){0,2}` : ""];
    return new RegExp(`${before}${letters.join("")}${after}`, "g");
}

function literally(text: string): string {
    return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

function anyCase(hex: string): string {
    return hex.replace(/[a-f]/g, letter => `[${letter}${letter.toUpperCase()}]`);
}
