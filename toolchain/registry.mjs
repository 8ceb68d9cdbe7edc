import { ensureDebianProgram } from "./debianProgram.mjs";

/**
 * Gets a real image registry to run on 127.0.0.1, for tests of pull, digest and moved tag: Debian's `docker-registry`.
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
