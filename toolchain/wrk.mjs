import { chmodSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureDebianProgram } from "./debianProgram.mjs";

/**
 * Gets wrk, the load generator that the bench compares two HAProxys with: one process of it keeps more connections busy
 * than the load client of the tests can, which accounts for every request instead.
 *
 * @returns a path that starts it
 */
export async function ensureWrk() {
    const { binary, folder } = await ensureDebianProgram({
        name: "wrk",
        packages: ["wrk", "libluajit-5.1-2"],
        missing: "The bench's throughput needs the program `wrk` on PATH.",
    });
    if (folder === undefined) {
        return binary;
    }
    // Its library is where the loader does not look by itself.
    const starter = join(folder, "wrk");
    if (!existsSync(starter)) {
        const [platform] = readdirSync(join(folder, "usr", "lib")).filter(name => name.includes("linux"));
        const libraries = join(folder, "usr", "lib", platform);
        writeFileSync(starter, `#!/bin/sh\nLD_LIBRARY_PATH='${libraries}' exec '${binary}' "$@"\n`);
        chmodSync(starter, 0o755);
    }
    return starter;
}
