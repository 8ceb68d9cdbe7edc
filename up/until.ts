import { stopWithoutParent } from "../providers/parent";

/** A wait that came to its deadline, with what was seen last. */
export class DeadlineExceeded extends Error {}

export interface Waiting {
    /** When to give up, milliseconds since the epoch of this machine's clock. */
    deadline: number;
    /** What is waited for, for the error. */
    what: string;
    /** First pause between two looks, milliseconds; it doubles up to `slowestMs`. @default 50 */
    fastestMs?: number;
    /** @default 1000 */
    slowestMs?: number;
    /** Wakes the wait early, for instance by an event. */
    wake?: () => Promise<unknown>;
}

/**
 * Looks again and again until `look` returns a value other than undefined. It starts quickly and backs off.
 * @throws {@link DeadlineExceeded} with the text of the last thing seen, `Interrupted` when the CLI is gone, or whatever
 * `look` throws.
 */
export async function until<T>(
    look: (seen: (text: string) => void) => Promise<T | undefined>,
    waiting: Waiting,
): Promise<T> {
    let lastSeen = "";
    let pauseMs = waiting.fastestMs ?? 50;
    for (;;) {
        stopWithoutParent();
        const value = await look(text => {
            lastSeen = text;
        });
        if (value !== undefined) {
            return value;
        }
        if (Date.now() >= waiting.deadline) {
            throw new DeadlineExceeded(
                `${waiting.what}: not in time${lastSeen === "" ? "" : `; seen last: ${lastSeen}`}`,
            );
        }
        const pause = new Promise(resolve => setTimeout(resolve, Math.min(pauseMs, waiting.deadline - Date.now() + 1)));
        await (waiting.wake === undefined ? pause : Promise.race([pause, waiting.wake()]));
        pauseMs = Math.min(pauseMs * 2, waiting.slowestMs ?? 1000);
    }
}
