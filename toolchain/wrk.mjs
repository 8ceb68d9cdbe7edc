import { chmodSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureDebianProgram } from "./debianProgram.mjs";

/**
 * Gets wrk, the load generator with which the bench compares two HAProxys. One process of wrk keeps more connections
 * busy than the tests' load client, which accounts for every request.
 *
 * @returns path of a program that starts it
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
    // The loader does not look for its library in that folder by itself.
    const starter = join(folder, "wrk");
    if (!existsSync(starter)) {
        const [platform] = readdirSync(join(folder, "usr", "lib")).filter(name => name.includes("linux"));
        const libraries = join(folder, "usr", "lib", platform);
        writeFileSync(starter, `#!/bin/sh\nLD_LIBRARY_PATH='${libraries}' exec '${binary}' "$@"\n`);
        chmodSync(starter, 0o755);
    }
    return starter;
}
