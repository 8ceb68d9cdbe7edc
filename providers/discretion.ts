import { parsePrivateJson } from "../text/privateJson";
import { withoutSecrets } from "../text/withoutSecrets";

/** Length from which secrets are removed here. Shorter ones occur in relink's own words. Code that quotes others removes them. */
const shortest = 6;

let secrets: string[] = [];

/** Takes every secret value from the stack config that Pulumi hands to the provider host, decrypted. */
export function learnSecrets(config: { get(key: string): string | undefined }): void {
    const logins = Object.values(objectIn(config.get("relink:registries")));
    const values = [
        ...Object.values(objectIn(config.get("relink:secrets"))),
        ...logins.map(login => (login as { password?: unknown } | null)?.password),
        ...Object.values(objectIn(config.get("relink:certificates"))).map(keyOf),
        ...Object.values(objectIn(config.get("relink:users"))),
    ];
    secrets = values.filter(value => typeof value === "string").filter(value => value.trim().length >= shortest);
}

/** @returns the key in a certificate of the stack config: the certificate itself is public */
function keyOf(pem: unknown): string | undefined {
    return /-----BEGIN [A-Z ]*PRIVATE KEY-----([^-]+)/.exec(String(pem))?.[1]?.trim();
}

/** @returns the object in a JSON text; an empty one where it is not an object, which the program has refused before */
function objectIn(text: string | undefined): Record<string, unknown> {
    try {
        return Object(parsePrivateJson(text ?? "{}")) as Record<string, unknown>;
    } catch {
        return {};
    }
}

/**
 * Removes every secret of the stack config from a text for the user. It is the last of several measures for rule 9 of
 * docs/design.md.
 */
export function discreet(text: string): string {
    return withoutSecrets(text, secrets);
}

/** Runs a function and removes secrets from its errors, which Pulumi shows and may keep in its state. */
export async function discreetly<T>(run: () => Promise<T>): Promise<T> {
    try {
        return await run();
    } catch (error) {
        throw withDiscretion(error);
    }
}

/** @returns the error without secrets. {@link failedCreate} throws an object; Pulumi's engine hides secrets in its properties. */
function withDiscretion(error: unknown): unknown {
    if (error instanceof Error) {
        error.message = discreet(error.message);
        error.stack = discreet(error.stack ?? "");
        return error;
    }
    if (typeof error !== "object" || error === null) {
        return discreet(String(error));
    }
    const { message, reasons } = error as { message?: unknown; reasons?: unknown };
    return {
        ...error,
        ...(typeof message === "string" ? { message: discreet(message) } : {}),
        ...(Array.isArray(reasons) ? { reasons: reasons.map(reason => discreet(String(reason))) } : {}),
    };
}
