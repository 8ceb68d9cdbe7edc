import type { Credentials } from "../docker/credentials";
import type { Settings } from "../model/Settings";
import { parsePrivateJson } from "../text/privateJson";

let logins: Settings["registries"] = [];
let loaded: Promise<Credentials> | undefined;

/**
 * Takes `relink:registries` from the stack config that Pulumi passes to the provider host, with its secrets decrypted. So no
 * resource has a password among its properties.
 */
export function configureRegistries(config: { get(key: string): string | undefined }): void {
    const text = config.get("relink:registries");
    const found =
        text === undefined ? {} : (parsePrivateJson(text) as Record<string, { username: string; password: string }>);
    logins = Object.entries(found).map(([address, { username, password }]) => ({ address, username, password }));
    loaded = undefined;
}

/** @returns credentials for registries: those of `relink:registries`, then those of this machine's Docker config */
export function registryCredentials(): Promise<Credentials> {
    loaded ??= loadCredentials();
    return loaded;
}

async function loadCredentials(): Promise<Credentials> {
    const { Credentials } = await import("../docker/credentials");
    return Credentials.load(logins);
}
