import type { Credentials } from "../docker/credentials";
import type { Settings } from "../model/Settings";
import { parsePrivateJson } from "../text/privateJson";

let logins: Settings["registries"] = [];
let loaded: Promise<Credentials> | undefined;

/**
 * Takes `relink:registries` from the stack config that Pulumi hands to the provider host, secrets decrypted, so that no
 * resource of ours carries a password.
 */
export function configureRegistries(config: { get(key: string): string | undefined }): void {
    const text = config.get("relink:registries");
    const found =
        text === undefined ? {} : (parsePrivateJson(text) as Record<string, { username: string; password: string }>);
    logins = Object.entries(found).map(([address, { username, password }]) => ({ address, username, password }));
    loaded = undefined;
}

/** Credentials for registries: `relink:registries`, then the Docker config of the machine that runs Pulumi. */
export function registryCredentials(): Promise<Credentials> {
    loaded ??= loadCredentials();
    return loaded;
}

async function loadCredentials(): Promise<Credentials> {
    const { Credentials } = await import("../docker/credentials");
    return Credentials.load(logins);
}
