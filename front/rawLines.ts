import { checked } from "../haproxy/names";

/**
 * Renders a user's own lines. A comment above each one names its setting, for `settingAbove`.
 * @param setting `front.haproxy.global`
 * @returns no line without any
 */
export function rawLines(setting: string, lines: readonly string[] = []): string[] {
    return lines.flatMap((line, index) => [
        `    # Setting ${setting}[${index}]:`,
        `    ${checked("configuration line", line)}`,
    ]);
}

/**
 * @param number a line's number in a file, from 1
 * @returns the setting that the line comes from, `front.haproxy.global[0]`; undefined for a line of relink's own
 */
export function settingAbove(lines: readonly string[], number: number): string | undefined {
    return /^ {4}# Setting (\S+\.haproxy\.\S+):$/.exec(lines[number - 2] ?? "")?.[1];
}
