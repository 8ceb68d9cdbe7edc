import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { home, inRelink } from "./paths.mjs";

/** @returns PULUMI_HOME for what we build, since our look-alike plugins must never serve the user's other projects */
export function ourHome() {
    return join(inRelink("pulumi-home", "x"), "..");
}

/** @returns the user's own PULUMI_HOME */
export function usersHome() {
    const set = process.env.PULUMI_HOME;
    return set && set !== ourHome() ? set : join(home(), ".pulumi");
}

/** @returns folder of the credentials file, where the user is logged in somewhere; else undefined */
export function usersLoginFolder() {
    const folder = process.env.PULUMI_CREDENTIALS_PATH || usersHome();
    const file = join(folder, "credentials.json");
    if (!existsSync(file)) {
        return undefined;
    }
    try {
        return JSON.parse(readFileSync(file, "utf8")).current ? folder : undefined;
    } catch {
        return undefined;
    }
}
