import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { logged, which } from "./command.mjs";
import { nodeFolder, root } from "./paths.mjs";
import { Problem } from "./problem.mjs";
import { contentHash, readStamp, writeStamp } from "./stamp.mjs";
import { step } from "./step.mjs";

/** No warnings: what they say of the system's Node is not true of ours, on which everything runs. */
const npmOptions = ["--no-fund", "--no-audit", "--loglevel=error"];

/** Makes node_modules what package-lock.json says, when it is missing or older than the lock file. */
export async function ensurePackages() {
    // npm writes this file at the end of every install: it is the time of the last complete one.
    const installed = join(root, "node_modules", ".package-lock.json");
    const lock = join(root, "package-lock.json");
    const key = contentHash(lock);
    // `npm ci` removes node_modules under whatever runs from it: not for a lock file that only git wrote anew.
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

/** Without what an outer `npm run` sets for its own scripts, which would count as settings of the inner npm. */
function plainEnv() {
    return Object.fromEntries(
        Object.entries(process.env).filter(
            ([name]) => !/^npm_(lifecycle|package|command|execpath|node_execpath)/.test(name),
        ),
    );
}
