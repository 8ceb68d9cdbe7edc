import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Folder of everything that the set-up makes inside the project. Git ignores it. */
export const relinkFolder = join(root, ".relink");

/** Folder of the programs that the set-up builds, such as the CLI and its language host. */
export const binFolder = join(relinkFolder, "bin");

/** Folder of the Node that npm scripts run on: the `node` devDependency. */
export const nodeFolder = join(root, "node_modules", "node", "bin");

/** @returns a path inside `.relink/`. Makes its folder. */
export function inRelink(...parts) {
    const path = join(relinkFolder, ...parts);
    mkdirSync(dirname(path), { recursive: true });
    return path;
}

/** @returns the user's home folder; `/` where there is none, as in some containers */
export function home() {
    return process.env.HOME || homedir() || "/";
}

/** @returns the user's PATH, without folders that npm or `eval "$(npm run -s env)"` put in front */
export function usersPath() {
    const ours = new Set([binFolder, nodeFolder]);
    return (process.env.PATH ?? "")
        .split(delimiter)
        .filter(folder => folder !== "" && !ours.has(folder) && !folder.includes("node_modules"))
        .join(delimiter);
}
