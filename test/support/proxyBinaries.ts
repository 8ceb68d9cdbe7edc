import { toolchain } from "./toolchain";

/** @returns path of a Debian program. Where it is not installed, its package is unpacked. */
export async function debians(name: string): Promise<string> {
    const { ensureDebianProgram } = await toolchain("debianProgram.mjs");
    const missing = `The test needs the program ${name} on PATH.`;
    return (await ensureDebianProgram({ name, packages: [name], missing })).binary;
}

/** @returns the path of a Traefik that is built here. */
export async function traefiks(): Promise<string> {
    const { ensureTraefik } = await toolchain("traefik.mjs");
    return ensureTraefik();
}

/** Gets every proxy and monitor that the tests run, for tests in a network from which no package can be fetched. */
export async function ensureProxies(isFull: boolean): Promise<void> {
    await debians("nginx");
    if (isFull) {
        await debians("caddy");
        await debians("prometheus");
        await traefiks();
    }
}
