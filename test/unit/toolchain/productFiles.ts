import { readdirSync } from "node:fs";
import { join } from "node:path";

/** The repository's root. */
export const root = join(__dirname, "../../..");

/** Folders of TypeScript that are not part of the product. They may import anything. */
const others = ["bench", "examples", "test"];

/** @returns the paths of all TypeScript files of the product, from the root. */
export function productFiles(): string[] {
    return readdirSync(root, { withFileTypes: true }).flatMap(entry => {
        if (!entry.isDirectory()) {
            return entry.name.endsWith(".ts") ? [entry.name] : [];
        }
        const isSearched = !entry.name.startsWith(".") && ![...others, "node_modules"].includes(entry.name);
        return isSearched ? typeScriptIn(entry.name) : [];
    });
}

function typeScriptIn(folder: string): string[] {
    return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter(path => path.endsWith(".ts"))
        .map(path => `${folder}/${path}`);
}
