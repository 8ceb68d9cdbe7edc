import { ensureDebianProgram } from "./debianProgram.mjs";

/**
 * Gets a real image registry, Debian's `docker-registry`. Tests of pulls, digests and moved tags run it on 127.0.0.1.
 *
 * @returns the path of its binary: `docker-registry serve CONFIG.yml`
 */
export async function ensureRegistry() {
    const { binary } = await ensureDebianProgram({
        name: "docker-registry",
        packages: ["docker-registry"],
        missing: "The tests of pulling need the program `docker-registry` (Distribution) on PATH.",
    });
    return binary;
}
