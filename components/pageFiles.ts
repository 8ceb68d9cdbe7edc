import type { ReadPage } from "../settings/errorPages";
import { fieldsOf, isFields } from "../settings/fields";
import type { Problem } from "../settings/Problem";
import type { RawConfig } from "../settings/parse";
import { readConfigFile } from "./readConfigFile";

/**
 * Reads the pages of `front.errorPages`, which are files of the machine that runs Pulumi.
 * @param folder what the files' paths start from
 * @returns the config with the pages' text, and a problem for each file that cannot be read
 */
export function withPageFiles(raw: RawConfig, folder: string): { raw: RawConfig; problems: Problem[] } {
    const { errorPages } = fieldsOf(raw.front);
    if (!isFields(errorPages)) {
        return { raw, problems: [] };
    }
    const problems: Problem[] = [];
    const pages = Object.entries(errorPages).map(([name, path]) => {
        const isPath = typeof path === "string" && /\.\w+$/.test(path);
        return [name, isPath ? readPage(name, path, folder, problems) : path] as const;
    });
    return { raw: { ...raw, front: { ...fieldsOf(raw.front), errorPages: Object.fromEntries(pages) } }, problems };
}

/** @returns the page, or the path where the file cannot be read */
function readPage(name: string, path: string, folder: string, problems: Problem[]): ReadPage | string {
    const file = { at: ["front", "errorPages", name], path, what: "a page", example: "pages/503.html" };
    const text = readConfigFile(folder, file, problems);
    return text === undefined ? path : { path, text };
}
