import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Everything that the set-up makes inside the project; nothing in it is committed. */
export const relinkFolder = join(root, ".relink");

/** The CLI and its language host, where we built or downloaded them. */
export const binFolder = join(relinkFolder, "bin");

/** The folder of the Node that npm scripts run on: the `node` devDependency. */
export const nodeFolder = join(root, "node_modules", "node", "bin");

/** A path inside `.relink/`, its folder made. */
export function inRelink(...parts) {
    const path = join(relinkFolder, ...parts);
    mkdirSync(dirname(path), { recursive: true });
    return path;
}

/** The user's home folder; `/` where there is none, as in some containers. */
export function home() {
    return process.env.HOME || homedir() || "/";
}

/** PATH as the user has it, without what an earlier `eval "$(npm run -s env)"` or npm put in front. */
export function usersPath() {
    const ours = new Set([binFolder, nodeFolder]);
    return (process.env.PATH ?? "")
        .split(delimiter)
        .filter(folder => folder !== "" && !ours.has(folder) && !folder.includes("node_modules"))
        .join(delimiter);
}
