import { resolve } from "node:path";

const folder = resolve(__dirname, "../../toolchain");

/** Loads a file of the set-up, which is plain .mjs without types: it runs before anything is installed. */
export function toolchain(file: string) {
    return import(resolve(folder, file));
}
