import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isExecutable, logged, which } from "./command.mjs";
import { downloadPackage, isDebian } from "./debian.mjs";
import { inRelink } from "./paths.mjs";
import { Problem } from "./problem.mjs";
import { step } from "./step.mjs";

/**
 * Gets a program of Debian's that only tests or the bench need: unpacked under `.relink/`, not installed.
 *
 * @param name of the program, and of the folder that its packages are unpacked into
 * @param packages that it is in, and those of its libraries that not every machine has
 * @returns the path of its binary, and the folder of what was unpacked where it is not the system's
 */
export async function ensureDebianProgram({ name, packages, missing }) {
    const installed = which(name);
    if (installed !== undefined) {
        return { binary: installed };
    }
    const folder = inRelink(name);
    const find = () => ["bin", "sbin"].map(part => join(folder, "usr", part, name)).find(isExecutable);
    const unpacked = find();
    if (unpacked !== undefined) {
        return { binary: unpacked, folder };
    }
    if (!isDebian()) {
        throw new Problem(missing);
    }
    return step(`Getting Debian's ${name}`, async showLog => {
        const downloads = inRelink("downloads", name);
        rmSync(downloads, { recursive: true, force: true });
        mkdirSync(downloads, { recursive: true });
        for (const wanted of packages) {
            await downloadPackage(wanted, downloads, showLog);
        }
        for (const file of readdirSync(downloads).filter(file => file.endsWith(".deb"))) {
            await logged("dpkg", ["-x", join(downloads, file), folder], { logName: name, showLog });
        }
        return { binary: find(), folder };
    });
}
