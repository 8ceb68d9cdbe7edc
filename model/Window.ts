import { type BackendStat, type Worker, workerKey } from "./FrontState";

/** Number of requests in HAProxy's averages of times: TIME_STATS_SAMPLES in its defaults.h. Its manual says 1024. */
const averagedRequests = 512;

/** The answers of some time. */
interface Answered {
    requests: number;
    /** Of those, the requests that got a status of 500 or above, or no answer. */
    errors: number;
    /** Average time until a response's head came, milliseconds; undefined without a response. */
    averageMs?: number;
    /**
     * How much less the average may be, milliseconds, because HAProxy rounds up. It is large for few requests among
     * many.
     */
    averageOffByMs?: number;
}

/** A backend's counters in one worker. */
type Counters = Pick<BackendStat, "responses" | "asked" | "failed" | "averageResponseMs">;

/** A backend's counters at one moment, by worker. */
export type CountersByWorker = Readonly<Record<string, Counters>>;

const nothing: Counters = { responses: 0, asked: 0, failed: 0, averageResponseMs: 0 };

/** @returns the present counters of a backend */
export function countersOf(backend: string, workers: readonly Worker[]): CountersByWorker {
    return Object.fromEntries(
        workers.map(worker => {
            const { responses, asked, failed, averageResponseMs } = worker.backends.get(backend) ?? nothing;
            return [workerKey(worker), { responses, asked, failed, averageResponseMs }];
        }),
    );
}

/**
 * The answers of one backend since a moment, of all workers, from HAProxy's counters. A worker that started later (by a
 * reload or a restart) began at 0. A worker that has ended counts with its last counters.
 */
export class Window {
    readonly #now = new Map<string, Counters>();

    /** @param before the counters of that moment. @default {} (every answer counts) */
    constructor(private readonly before: CountersByWorker = {}) {}

    /** Takes in the present counters of the workers. */
    look(counted: CountersByWorker): void {
        for (const [worker, counters] of Object.entries(counted)) {
            this.#now.set(worker, counters);
        }
    }

    /** @returns the answers up to the last {@link look} */
    answered(): Answered {
        let requests = 0;
        let errors = 0;
        let timed = 0;
        let totalMs = 0;
        let offByMs = 0;
        for (const [worker, now] of this.#now) {
            const before = this.before[worker] ?? nothing;
            const count = now.asked - before.asked;
            if (count > 0) {
                requests += count;
                errors += now.failed - before.failed;
            }
            // HAProxy counts an answer that breaks after its head once more, as failed, and without a time.
            if (count > 0 && now.responses > before.responses) {
                const average = averageBetween(before, now);
                timed += count;
                totalMs += count * average.ms;
                offByMs += count * average.offByMs;
            }
        }
        return timed === 0
            ? { requests, errors }
            : { requests, errors, averageMs: totalMs / timed, averageOffByMs: offByMs / timed };
    }
}

/**
 * Computes the average over the requests between two readings of HAProxy's sliding average. HAProxy keeps a sum. It
 * adds the first 512 requests; before each later one the sum loses a 512th of itself (swrate_add_dynamic in its
 * freq_ctr.h). HAProxy shows that sum divided by the number of requests, 512 at most, rounded up.
 */
function averageBetween(before: Counters, now: Counters): { ms: number; offByMs: number } {
    const summed = ({ responses }: Counters) => Math.min(responses, averagedRequests);
    const sum = (counters: Counters) => counters.averageResponseMs * summed(counters);
    const added = summed(now) - summed(before);
    const kept = Math.exp((added - (now.responses - before.responses)) / averagedRequests);
    // How much the sum grows for each millisecond of the new requests' average.
    const weight = added * kept + averagedRequests * (1 - kept);
    return { ms: Math.max(0, (sum(now) - sum(before) * kept) / weight), offByMs: summed(now) / weight };
}
