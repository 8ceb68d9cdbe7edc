/**
 * A text in visible ASCII: control characters would act on the terminal, and look-alike letters would hide a mistake.
 *
 * @returns the text with `\uXXXX` in the place of every other UTF-16 unit
 */
export function toAscii(text: string): string {
    return text.replace(/[^\x20-\x7e]/g, letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Whether a text has visible ASCII and spaces only. */
export function isAscii(text: string): boolean {
    return /^[\x20-\x7e]*$/.test(text);
}
