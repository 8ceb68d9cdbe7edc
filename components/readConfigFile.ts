import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ConfigPath } from "../settings/ConfigPath";
import { type Problem, solvedBySetting } from "../settings/Problem";

/** A file that the stack config names. */
export interface NamedFile {
    /** The setting that names it. */
    at: ConfigPath;
    /** Its path, from the folder on. */
    path: string;
    /** For the message: `a PEM file`. */
    what: string;
    /** A good path, for the command that fixes a bad one. */
    example: string;
}

/** @returns the file's text, or undefined and a problem more where it cannot be read */
export function readConfigFile(folder: string, file: NamedFile, problems: Problem[]): string | undefined {
    const { at, path, what, example } = file;
    try {
        return readFileSync(resolve(folder, path), "utf8");
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        problems.push(solvedBySetting(at, `cannot be read (${code}): it must be the path of ${what}`, example));
        return undefined;
    }
}
