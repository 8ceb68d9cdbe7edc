import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isExecutable, logged, which } from "./command.mjs";
import { downloadPackage, isDebian } from "./debian.mjs";
import { inRelink } from "./paths.mjs";
import { Problem } from "./problem.mjs";
import { step } from "./step.mjs";

/**
 * Gets a real image registry to run on 127.0.0.1, for tests of pull, digest and moved tag: Debian's `docker-registry`,
 * unpacked under `.relink/` and not installed.
 *
 * @returns the path of its binary: `docker-registry serve CONFIG.yml`
 */
export async function ensureRegistry() {
    const installed = which("docker-registry");
    if (installed !== undefined) {
        return installed;
    }
    const folder = inRelink("registry");
    const binary = join(folder, "usr", "bin", "docker-registry");
    if (isExecutable(binary)) {
        return binary;
    }
    if (!isDebian()) {
        throw new Problem("The tests of pulling need the program `docker-registry` (Distribution) on PATH.");
    }
    return step("Getting Debian's docker-registry", async showLog => {
        const downloads = inRelink("downloads", "registry");
        rmSync(downloads, { recursive: true, force: true });
        mkdirSync(downloads, { recursive: true });
        await downloadPackage("docker-registry", downloads, showLog);
        const file = readdirSync(downloads).find(name => name.endsWith(".deb"));
        await logged("dpkg", ["-x", join(downloads, file), folder], { logName: "registry", showLog });
        return binary;
    });
}
