import { parsePrivateJson } from "../text/privateJson";
import { withoutSecrets } from "../text/withoutSecrets";

/** What is shorter would be found in our own words too. Who quotes somebody else's removes it there. */
const shortest = 6;

let secrets: string[] = [];

/** Takes every secret value from the stack config that Pulumi hands to the provider host, decrypted. */
export function learnSecrets(config: { get(key: string): string | undefined }): void {
    const logins = Object.values(objectIn(config.get("relink:registries")));
    const values = [
        ...Object.values(objectIn(config.get("relink:secrets"))),
        ...logins.map(login => (login as { password?: unknown } | null)?.password),
    ];
    secrets = values.filter(value => typeof value === "string").filter(value => value.trim().length >= shortest);
}

/** What is no object holds nothing: the program has refused it before. */
function objectIn(text: string | undefined): Record<string, unknown> {
    try {
        return Object(parsePrivateJson(text ?? "{}")) as Record<string, unknown>;
    } catch {
        return {};
    }
}

/**
 * What this process tells the user, without any secret of the stack config. It is the last of several nets for rule 9 of
 * docs/design.md.
 */
export function discreet(text: string): string {
    return withoutSecrets(text, secrets);
}

/** Runs something whose errors Pulumi shows, keeps in its state, or both. */
export async function discreetly<T>(run: () => Promise<T>): Promise<T> {
    try {
        return await run();
    } catch (error) {
        throw withDiscretion(error);
    }
}

/** The same error, or what {@link failedCreate} throws, which is none; its properties are the engine's to hide. */
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
