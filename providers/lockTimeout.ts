import { Duration } from "../model/Duration";
import { parsePrivateJson } from "../text/privateJson";

let longestMs = 0;

/**
 * Takes the longest `lockTimeout` of the stack's services from the stack config that Pulumi hands to the provider host. The first
 * resource that asks for the lease asks for all, and it may be one that has nothing to do.
 */
export function learnLockTimeout(config: { get(key: string): string | undefined }): void {
    longestMs = Math.max(0, ...servicesIn(config.get("relink:services")).map(millisecondsOf));
}

/** @returns how long this process waits for another `up` that has the lease, milliseconds. @default not at all */
export function lockTimeoutMs(): number {
    return longestMs;
}

/** A `destroy` reads a config that no program has checked. */
function servicesIn(text: string | undefined): { lockTimeout?: unknown }[] {
    try {
        return Object.values(Object(parsePrivateJson(text ?? "{}"))).map(service => Object(service));
    } catch {
        return [];
    }
}

function millisecondsOf({ lockTimeout }: { lockTimeout?: unknown }): number {
    try {
        return Duration.millisecondsOf(String(lockTimeout ?? "0s"));
    } catch {
        return 0;
    }
}
