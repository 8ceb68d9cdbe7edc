import { withoutControls } from "./withoutControls";

/** What stands in the place of a secret. */
const mark = "[secret]";
/** The same while a text is still being searched: no secret has it in it. */
const found = "\ue000";

/** A shorter line of a secret that has several gives nothing away that could be told from any text. */
const shortestLine = 6;
/** Characters of Base64 that are enough to know a secret by. */
const shortestBase64 = 4;
/** Longest piece that is looked for as one, so that of a secret that is cut somewhere all but its end is found. */
const longestPiece = 200;
/** Line lengths of Base64: of the command `base64`, and of PEM. */
const base64Lines = [76, 64];

/**
 * A foreign text as it may be shown: words of Docker, of a registry, of a container or of a user's command, without control
 * characters and with every secret value replaced. A value is found as it is, escaped for JSON (also twice), for a URL or
 * for a shell, within Base64, and by each of its lines alone.
 *
 * Call it on whole lines, before anything is cut off.
 */
export function withoutSecrets(text: string, secretValues: Iterable<string>): string {
    const patterns = [...new Set(secretValues)].flatMap(patternsOf).sort((a, b) => b.length - a.length);
    const marked = patterns.reduce((rest, { expression }) => rest.replace(expression, found), withoutControls(text));
    return marked.replace(new RegExp(`${found}+`, "g"), mark);
}

interface Pattern {
    expression: RegExp;
    /** How many characters it stands for: what is longer goes first, since a secret may contain another one. */
    length: number;
}

const known = new Map<string, Pattern[]>();

function patternsOf(value: string): Pattern[] {
    const patterns = known.get(value) ?? makePatterns(value);
    known.set(value, patterns);
    return patterns;
}

function makePatterns(value: string): Pattern[] {
    // A file's last line end is hardly ever printed; and what reaches us may have lost its control characters.
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

/** A text in pieces of about the same length. */
function pieces(text: string): string[] {
    const letters = [...text];
    const size = Math.ceil(letters.length / Math.ceil(letters.length / longestPiece));
    const starts = Array.from({ length: Math.ceil(letters.length / size) }, (_, index) => index * size);
    return starts.map(start => letters.slice(start, start + size).join(""));
}

/** Finds a text however each of its letters is escaped. */
function escapedAnyhow(text: string): RegExp {
    // Backslashes in a row are one thing: each may be doubled, and nobody can say which belongs to which.
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
        // JSON and shells put backslashes before it, within one another several.
        `\\\\{0,8}${literally(part)}`,
        bytes.map(byte => `%${anyCase(byte)}`).join(""),
        bytes.map(byte => `\\\\{1,8}x${anyCase(byte)}`).join(""),
        units.map(unit => `\\\\{1,8}u${anyCase(unit)}`).join(""),
        ...(part in shortEscapes ? [`\\\\{1,8}${shortEscapes[part]}`] : []),
        ...(part === " " ? ["\\+"] : []),
        ...(part === "\n" ? ["\\r\\n", "%0[dD]%0[aA]"] : []),
        // Within single quotes a shell's single quote is '\'' or '"'"'.
        ...(part === "'" ? ["'\\\\{1,8}''", `'"'"'`] : []),
    ];
    return `(?:${spellings.reverse().join("|")})`;
}

/**
 * What of a text's Base64 is the same whatever stands before it, as a user name does before a password, and behind it; and
 * each line, where it is broken into lines.
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

/** Finds a piece of Base64 in either alphabet; at both ends with the letters that what stands beside has a share in. */
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
