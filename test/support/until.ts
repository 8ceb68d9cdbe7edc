import { setTimeout } from "node:timers/promises";
import { until as untilBy, type Waiting } from "../../up/until";

/** {@link untilBy} with the clock of this machine. */
export function until<T>(look: (seen: (text: string) => void) => Promise<T | undefined>, waiting: Waiting): Promise<T> {
    const clock = {
        nowMs: () => Date.now(),
        hostNow: async () => new Date(),
        async sleep(ms: number, wake?: Promise<unknown>) {
            await Promise.race([setTimeout(ms), wake ?? new Promise(() => {})]);
        },
    };
    return untilBy(clock, look, waiting);
}
