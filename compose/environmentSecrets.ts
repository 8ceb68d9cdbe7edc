import type { ReleaseSettings } from "../model/ReleaseSettings";
import { fieldsOf } from "../settings/fields";
import { canonicalService } from "./canonical";
import type { Document } from "./Document";

/** A shorter value is not a secret: looking for `1` or `8080` in every log would hide half of the log. */
const shortest = 6;
/** Start of the names of the secrets that are made here; the name of the variable follows. */
const prefix = "environment.";

/** @returns the name of the secret that holds a variable's value */
export function environmentSecret(variable: string): string {
    return prefix + variable;
}

/**
 * Finds out whether the value of a container's variable comes from outside of these Compose files: from an env file,
 * from `.env`, or from the environment of whoever runs Pulumi. Such a value may be a password. A value that the files
 * have without any variable is not one.
 *
 * @param documents is asked at the first variable only
 */
export function fromOutside(documents: () => readonly Document[]): (variable: string, value: string) => boolean {
    let written: ReadonlyMap<string, ReadonlySet<unknown>> | undefined;
    return (variable, value) => {
        if (value.length < shortest) {
            return false;
        }
        written ??= writtenIn(documents());
        return written.get(variable)?.has(value) !== true;
    };
}

/** @returns the values of each variable, of all services together, because a service may extend another one */
function writtenIn(documents: readonly Document[]): Map<string, Set<unknown>> {
    const written = new Map<string, Set<unknown>>();
    const ignore = () => {};
    for (const document of documents) {
        const { services } = document.content({ lookup: () => undefined, onUnset: ignore, fail: ignore });
        for (const service of Object.values(fieldsOf(services))) {
            const { environment } = fieldsOf(service);
            const canonical = canonicalService({ environment }, ["services"], "/", ignore);
            for (const [variable, value] of Object.entries(fieldsOf(canonical.environment))) {
                written.set(variable, (written.get(variable) ?? new Set()).add(value));
            }
        }
    }
    return written;
}

/**
 * An earlier version of relink kept such values as plain text. The id of a release is made from that form, so that it
 * does not change because relink is newer.
 *
 * @returns the release with plain values in the place of those secrets
 */
export function withPlainEnvironment<
    T extends { settings: Record<string, unknown>; secretValues: Record<string, string> },
>(release: T): T {
    const env = fieldsOf(release.settings.env) as ReleaseSettings["env"];
    const ours = Object.entries(env).flatMap(([variable, value]): [variable: string, secret: string][] =>
        typeof value !== "string" && value.secret === environmentSecret(variable) ? [[variable, value.secret]] : [],
    );
    if (ours.length === 0) {
        return release;
    }
    const values = new Map(Object.entries(release.secretValues));
    const plain = Object.fromEntries(ours.map(([variable, secret]) => [variable, values.get(secret) ?? ""]));
    for (const [, secret] of ours) {
        values.delete(secret);
    }
    return {
        ...release,
        settings: { ...release.settings, env: { ...env, ...plain } },
        secretValues: Object.fromEntries(values),
    };
}
