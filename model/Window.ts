import { type BackendStat, type Worker, workerKey } from "./FrontState";

/** Over how many of its last requests HAProxy averages times: TIME_STATS_SAMPLES in its defaults.h, where its manual says 1024. */
const averagedRequests = 512;

/** What was answered in some time. */
interface Answered {
    requests: number;
    /** Of those, answered with a status of 500 or above, or not at all. */
    errors: number;
    /** Average time until a response's head came, milliseconds; undefined where none came. */
    averageMs?: number;
    /** How much less the average may be, milliseconds. HAProxy rounds up, which few requests among many more make large. */
    averageOffByMs?: number;
}

/** A backend's counters in one worker. */
type Counters = Pick<BackendStat, "responses" | "asked" | "failed" | "averageResponseMs">;

/** A backend's counters at one moment, by worker. */
export type CountersByWorker = Readonly<Record<string, Counters>>;

const nothing: Counters = { responses: 0, asked: 0, failed: 0, averageResponseMs: 0 };

/** What a backend has counted by now. */
export function countersOf(backend: string, workers: readonly Worker[]): CountersByWorker {
    return Object.fromEntries(
        workers.map(worker => {
            const { responses, asked, failed, averageResponseMs } = worker.backends.get(backend) ?? nothing;
            return [workerKey(worker), { responses, asked, failed, averageResponseMs }];
        }),
    );
}

/**
 * What one backend has answered since a moment, over all workers, from HAProxy's counters. A worker that came later (a
 * reload for another service's sake, a restart) began at nothing; one that is gone counts with what it was last seen with.
 */
export class Window {
    readonly #now = new Map<string, Counters>();

    /** @param before what was counted until that moment. @default nothing, so that everything counts */
    constructor(private readonly before: CountersByWorker = {}) {}

    /** Takes note of what the workers have counted by now. */
    look(counted: CountersByWorker): void {
        for (const [worker, counters] of Object.entries(counted)) {
            this.#now.set(worker, counters);
        }
    }

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
            // An answer that breaks after its head is counted once more, as failed, and has no time of its own.
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
 * The average over the requests between two readings of HAProxy's sliding average. It keeps a sum: the first 512 requests are
 * added to it, from then on it loses a 512th of itself before each is (swrate_add_dynamic in its freq_ctr.h). What it shows
 * is that sum by the number of requests, 512 at most, rounded up.
 */
function averageBetween(before: Counters, now: Counters): { ms: number; offByMs: number } {
    const summed = ({ responses }: Counters) => Math.min(responses, averagedRequests);
    const sum = (counters: Counters) => counters.averageResponseMs * summed(counters);
    const added = summed(now) - summed(before);
    const kept = Math.exp((added - (now.responses - before.responses)) / averagedRequests);
    // What each millisecond of the new requests' average adds to the sum.
    const weight = added * kept + averagedRequests * (1 - kept);
    return { ms: Math.max(0, (sum(now) - sum(before) * kept) / weight), offByMs: summed(now) / weight };
}
