import { pause } from "./pause";

/** The pauses between two looks, and their end. */
export interface Pauses {
    /** The first pause, milliseconds. Each later one is twice as long, up to `longestMs`. */
    firstMs: number;
    /** @default as long as the first one */
    longestMs?: number;
    /** When the last pause ends at the latest, milliseconds since 1970 by this machine's clock. @default no limit */
    deadline?: number;
    /** Ends the polling: its reason is thrown. @default no signal */
    signal?: AbortSignal;
}

/**
 * Calls `look` until it returns a value, with pauses in between. The deadline shortens the pauses, but does not end the polling.
 * @param look returns undefined where there is nothing yet, and may throw to end the polling. Gets the number of the look,
 * from 1
 * @returns the value
 */
export async function poll<T>(
    look: (count: number) => Promise<T | undefined>,
    { firstMs, longestMs = firstMs, deadline = Number.POSITIVE_INFINITY, signal }: Pauses,
): Promise<T> {
    let pauseMs = firstMs;
    for (let count = 1; ; count++) {
        signal?.throwIfAborted();
        const found = await look(count);
        if (found !== undefined) {
            return found;
        }
        await pause(Math.min(pauseMs, Math.max(0, deadline - Date.now())), signal);
        pauseMs = Math.min(pauseMs * 2, longestMs);
    }
}
