import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isExecutable, logged, which } from "./command.mjs";
import { downloadPackage, isDebian } from "./debian.mjs";
import { inRelink } from "./paths.mjs";
import { Problem } from "./problem.mjs";
import { step } from "./step.mjs";

/**
 * Gets a Debian program that only tests or the bench need. Its packages are unpacked under `.relink/`, not installed.
 *
 * @param name the program's name, and the name of the folder under `.relink/`
 * @param packages its package, and packages of libraries that not every machine has
 * @param missing the message where there is no such program and this is not Debian
 * @returns path of its binary; and, unless the program is the system's, the folder of the unpacked packages
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
