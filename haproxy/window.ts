import type { BackendStat, Worker } from "./FrontState";

/** Over how many of its last requests HAProxy averages times (TIME_STATS_SAMPLES in its stats-t.h). */
const averagedRequests = 1024;

/** What was answered in some time. */
interface Answered {
    requests: number;
    /** Of those, with a status of 500 or above. */
    errors: number;
    /** Average time until a response's head came, milliseconds; undefined without requests. */
    averageMs?: number;
}

/** A backend's counters in one worker. */
type Counters = Pick<BackendStat, "responses" | "responses5xx" | "averageResponseMs">;

const nothing: Counters = { responses: 0, responses5xx: 0, averageResponseMs: 0 };

/**
 * What one backend has answered since a moment, over all workers, from HAProxy's counters. A worker that came later (a
 * reload for another service's sake) began at nothing; one that is gone counts with what it was last seen with.
 */
export class Window {
    readonly #before = new Map<string, Counters>();
    readonly #now = new Map<string, Counters>();

    /** Begins with what these workers have counted until now. */
    constructor(
        private readonly backend: string,
        workers: readonly Worker[],
    ) {
        for (const worker of workers) {
            this.#before.set(key(worker), worker.backends.get(backend) ?? nothing);
        }
    }

    /** Takes note of what the workers have counted by now. */
    look(workers: readonly Worker[]): void {
        for (const worker of workers) {
            this.#now.set(key(worker), worker.backends.get(this.backend) ?? nothing);
        }
    }

    answered(): Answered {
        let requests = 0;
        let errors = 0;
        let totalMs = 0;
        for (const [worker, now] of this.#now) {
            const before = this.#before.get(worker) ?? nothing;
            const count = now.responses - before.responses;
            requests += count;
            errors += now.responses5xx - before.responses5xx;
            totalMs += count * averageBetween(before, now);
        }
        return { requests, errors, averageMs: requests === 0 ? undefined : totalMs / requests };
    }
}

/** Everything that a backend has answered in these workers. */
export function answeredSoFar(backend: string, workers: readonly Worker[]): Answered {
    const window = new Window(backend, []);
    window.look(workers);
    return window.answered();
}

/**
 * The average over the requests between two readings of HAProxy's sliding average. Up to 1,024 requests that one is a plain
 * average; from then on each request weighs 1/1,024, so that after n of them the old one still counts by e^(-n/1024).
 */
function averageBetween(before: Counters, now: Counters): number {
    const count = now.responses - before.responses;
    if (count <= 0) {
        return 0;
    }
    const kept =
        now.responses <= averagedRequests ? before.responses / now.responses : Math.exp(-count / averagedRequests);
    return Math.max(0, (now.averageResponseMs - before.averageResponseMs * kept) / (1 - kept));
}

function key({ generation, pid }: Worker): string {
    return `${generation}/${pid}`;
}
