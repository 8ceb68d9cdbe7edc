import { type Pauses, poll } from "./poll";

/** When to try again. */
export interface Retries extends Pauses {
    /** Whether another try may succeed after this error. */
    isTransient: (error: unknown) => boolean;
    /** How often to try at most. @default until `deadline`, which is for ever without one */
    tries?: number;
}

/**
 * Tries something again where it may succeed the next time.
 * @returns what the try that succeeded returned
 * @throws the last error, where it is not transient, or where the tries or the time are used up
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
