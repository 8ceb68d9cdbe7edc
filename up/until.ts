import type { Clock } from "./Clock";

/** A wait has reached its deadline. The message has what was seen last. */
export class DeadlineExceeded extends Error {}

export interface Waiting {
    /** When to give up, milliseconds by {@link Clock.nowMs}. */
    deadline: number;
    /** What is waited for, for the error. */
    what: string;
    /** First pause between two looks, milliseconds; it doubles up to `slowestMs`. @default 50 */
    fastestMs?: number;
    /** Longest pause between two looks, milliseconds. @default 1000 */
    slowestMs?: number;
    /** When to look again at the latest, milliseconds by {@link Clock.nowMs}. @default the end of the pause */
    latestMs?: () => number | undefined;
    /** Wakes the wait early, for instance by an event. */
    wake?: () => Promise<unknown>;
}

/**
 * Looks again and again until `look` returns a value. It starts quickly and backs off.
 * @param look returns undefined while there is nothing yet; it may say what it has seen, for the error
 * @throws {@link DeadlineExceeded}; Interrupted when the CLI has gone; what `look` throws
 */
export async function until<T>(
    clock: Clock,
    look: (seen: (text: string) => void) => Promise<T | undefined>,
    waiting: Waiting,
): Promise<T> {
    let lastSeen = "";
    let pauseMs = waiting.fastestMs ?? 50;
    for (;;) {
        const value = await look(text => {
            lastSeen = text;
        });
        if (value !== undefined) {
            return value;
        }
        const nowMs = clock.nowMs();
        if (nowMs >= waiting.deadline) {
            throw new DeadlineExceeded(
                `${waiting.what}: not in time${lastSeen === "" ? "" : `; seen last: ${lastSeen}`}`,
            );
        }
        const latestMs = Math.min(waiting.deadline + 1, waiting.latestMs?.() ?? Number.POSITIVE_INFINITY);
        await clock.sleep(Math.min(pauseMs, Math.max(0, latestMs - nowMs)), waiting.wake?.());
        pauseMs = Math.min(pauseMs * 2, waiting.slowestMs ?? 1000);
    }
}
