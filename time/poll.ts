import { pause } from "./pause";

/** How long to wait between two looks. */
export interface Pauses {
    /** The first pause, milliseconds. Each later one is twice as long, up to `longestMs`. */
    firstMs: number;
    /** @default as long as the first one */
    longestMs?: number;
    /** When the last pause ends at the latest, milliseconds since 1970 by the clock of this machine. @default any time */
    deadline?: number;
    /** Ends the polling: its reason is thrown. @default it goes on */
    signal?: AbortSignal;
}

/**
 * Looks again and again until there is something.
 * @param look returns undefined where there is nothing yet; it may throw to end the polling. It is told which look this is,
 * from 1
 * @returns what `look` returned
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
