import { toolchain } from "./toolchain";

/** @returns the path of a program of Debian's, unpacked beside the others of the tests where it is not installed. */
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

/** Gets every proxy that the tests run, for tests in a network from which no package can be fetched. */
export async function ensureProxies(isFull: boolean): Promise<void> {
    await debians("nginx");
    if (isFull) {
        await debians("caddy");
        await traefiks();
    }
}
