import type { BackendStat, Worker, WorkerAddress } from "../model/FrontState";

/** What is open on one backend. */
export interface Open {
    /** Requests and tunnels in work or waiting, over all workers of all generations. */
    requests: number;
    perWorker: (Pick<WorkerAddress, "generation" | "pid"> & { old: boolean; requests: number })[];
}

/** One look at what is open. */
export interface DrainSample {
    /** Any clock that does not jump, milliseconds. */
    atMs: number;
    requests: number;
}

const leastSamples = 3;
const leastSpanMs = 1000;

/**
 * Counts what is open on a backend, or on some of its slots. Idle connections of clients do not count; WebSockets do,
 * and so do requests that wait in a queue: HAProxy counts a request on the backend as soon as the link has chosen it.
 */
export function openOn(workers: readonly Worker[], backend: string, slots?: readonly number[]): Open {
    const perWorker = workers.map(({ generation, pid, old, backends }) => ({
        generation,
        pid,
        old,
        requests: requestsOf(backends.get(backend), slots),
    }));
    return { requests: perWorker.reduce((sum, { requests }) => sum + requests, 0), perWorker };
}

function requestsOf(backend: BackendStat | undefined, slots: readonly number[] | undefined): number {
    if (backend === undefined) {
        return 0;
    }
    if (slots === undefined) {
        return Math.max(backend.scur, backend.qcur);
    }
    const servers = slots.map(slot => backend.servers.get(slot));
    return servers.reduce((sum, server) => sum + (server?.scur ?? 0) + (server?.qcur ?? 0), 0);
}

/**
 * Nothing was open in the last three or more samples over a second or more: a request may have read the link before
 * the switch and not yet be counted on its backend. Where the link left that long ago, one look is enough.
 * @param unlinkedMs How long the link has led elsewhere when the first sample was taken, milliseconds.
 */
export function drained(samples: readonly DrainSample[], unlinkedMs = 0): boolean {
    if (unlinkedMs >= leastSpanMs) {
        return samples.at(-1)?.requests === 0;
    }
    const quiet: DrainSample[] = [];
    for (const sample of [...samples].reverse()) {
        if (sample.requests > 0) {
            break;
        }
        quiet.push(sample);
    }
    return quiet.length >= leastSamples && quiet[0]!.atMs - quiet.at(-1)!.atMs >= leastSpanMs;
}
