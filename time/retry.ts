import { type Pauses, poll } from "./poll";

/** When to try again, and how often. */
export interface Retries extends Pauses {
    /** @returns whether another try may succeed after this error */
    isTransient: (error: unknown) => boolean;
    /** How often to try at most. @default until `deadline`, or for ever where there is none */
    tries?: number;
}

/**
 * Tries again where an error is transient.
 * @returns the result of the try that succeeded
 * @throws the last error, where it is not transient, or no tries or no time are left
 */
export async function retry<T>(attempt: () => Promise<T>, retries: Retries): Promise<T> {
    const { isTransient, tries = Number.POSITIVE_INFINITY, deadline = Number.POSITIVE_INFINITY } = retries;
    const { value } = await poll(async count => {
        try {
            return { value: await attempt() };
        } catch (error) {
            if (!isTransient(error) || count >= tries || Date.now() >= deadline) {
                throw error;
            }
            return undefined;
        }
    }, retries);
    return value;
}
