import type { WorkerAddress } from "../model/FrontState";

/** What one worker made of a change. */
export interface WorkerResult {
    worker: WorkerAddress;
    /** The change was read back from this worker, or the worker has exited. */
    ok: boolean;
    /** The worker has exited. */
    gone: boolean;
    /** What it answered instead. */
    error?: string;
}

/** A worker was soft-stopped between the look and the change: a reload, for another service's sake, has put another in its place. */
export class WorkerReplaced extends Error {}

/**
 * Throws with every worker's own words when a change did not reach one that is still there.
 * @throws {@link WorkerReplaced} where that is all that went wrong
 */
export function assertEveryWorker(what: string, results: readonly WorkerResult[]): void {
    const failed = results.filter(({ ok }) => !ok);
    if (failed.length > 0) {
        const words = failed.map(
            ({ worker, error }) => `generation ${worker.generation}, worker ${worker.pid}: ${error}`,
        );
        const message = `HAProxy did not take ${what} (${words.join("; ")})`;
        throw failed.every(isReplaced) ? new WorkerReplaced(message) : new Error(message);
    }
}

function isReplaced({ error }: WorkerResult): boolean {
    return error !== undefined && /^Proxy is disabled/i.test(error);
}
