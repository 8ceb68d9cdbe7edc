/**
 * Removes from a foreign program's text what acts on a terminal or misleads its reader: escape sequences (colors,
 * cursor, titles, links), the control characters C0 and C1 except tab and line end, and Unicode's bidirectional
 * controls, which turn the direction of the text.
 */
export function withoutControls(text: string): string {
    return text.replace(sequences, "").replace(controls, "");
}

/**
 * ECMA-48: a control sequence, and a control string up to its terminator. Each begins with an escape or with one letter
 * of C1.
 */
const sequences =
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a foreign program may write them
    /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\|\u009c)/g;

const controls =
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the same
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
