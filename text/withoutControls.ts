/**
 * A foreign program's text without what would act on a terminal or mislead its reader: escape sequences (colors, cursor,
 * titles, links), the control characters C0 and C1 but for the tab and the end of a line, and what turns the direction of
 * the text (Unicode's bidirectional controls).
 */
export function withoutControls(text: string): string {
    return text.replace(sequences, "").replace(controls, "");
}

/** ECMA-48: a control sequence, and a control string up to its terminator. Each begins with an escape or with one letter of C1. */
const sequences =
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a foreign program may write
    /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\|\u009c)/g;

const controls =
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the same
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
