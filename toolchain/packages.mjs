import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { logged, which } from "./command.mjs";
import { nodeFolder, root } from "./paths.mjs";
import { Problem } from "./problem.mjs";
import { contentHash, readStamp, writeStamp } from "./stamp.mjs";
import { step } from "./step.mjs";

/** Errors alone: npm's warnings are about the system's Node, and everything runs on the project's own. */
const npmOptions = ["--no-fund", "--no-audit", "--loglevel=error"];

/** Installs the npm packages of package-lock.json, where node_modules is missing or older than that file. */
export async function ensurePackages() {
    // npm writes this file at the end of an install, so its time is that of the last complete install.
    const installed = join(root, "node_modules", ".package-lock.json");
    const lock = join(root, "package-lock.json");
    const key = contentHash(lock);
    // `npm ci` removes node_modules while programs run from it. A lock file that git only wrote again is no reason for
    // that.
    const fresh =
        existsSync(installed) &&
        (statSync(installed).mtimeMs >= statSync(lock).mtimeMs || readStamp("packages", key) !== undefined);
    if (!fresh || !existsSync(join(nodeFolder, "node"))) {
        const npm = which("npm");
        if (npm === undefined) {
            throw new Problem("npm is not on PATH; it comes with Node. Install Node 20.20 or later with npm.");
        }
        await step("Installing the npm packages (npm ci)", showLog =>
            logged(npm, ["ci", ...npmOptions], { logName: "npm-ci", showLog, cwd: root, env: plainEnv() }),
        );
    }
    writeStamp("packages", key);
    if (!existsSync(join(nodeFolder, "node"))) {
        throw new Problem("The npm package `node` brought no Node binary: its install script did not run.", [
            "npm rebuild node",
        ]);
    }
}

/** @returns the environment without variables of an outer `npm run`. An inner npm would take them for its settings. */
function plainEnv() {
    return Object.fromEntries(
        Object.entries(process.env).filter(
            ([name]) => !/^npm_(lifecycle|package|command|execpath|node_execpath)/.test(name),
        ),
    );
}
