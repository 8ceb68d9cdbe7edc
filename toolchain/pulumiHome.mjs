import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { home, inRelink } from "./paths.mjs";

/** The PULUMI_HOME of what we build ourselves: a look-alike plugin must never serve the user's other projects. */
export function ourHome() {
    return join(inRelink("pulumi-home", "x"), "..");
}

/** The user's own PULUMI_HOME. */
export function usersHome() {
    const set = process.env.PULUMI_HOME;
    return set && set !== ourHome() ? set : join(home(), ".pulumi");
}

/** The folder of the credentials file with a login of the user's, or undefined when there is none. */
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
