import type { WorkerAddress } from "../model/FrontState";

/** The result of a change in one worker. */
export interface WorkerResult {
    worker: WorkerAddress;
    /** Whether the worker has the change, as read back from it, or has exited. */
    ok: boolean;
    /** Whether the worker has exited. */
    gone: boolean;
    /** The worker's answer where it did not take the change. */
    error?: string;
}

/** A reload for another service replaced a worker between the look and the change. */
export class WorkerReplaced extends Error {}

/**
 * Checks that every worker that still runs has the change.
 * @param what the change, for the message
 * @throws WorkerReplaced where workers were replaced and nothing else failed; Error with the workers' answers otherwise
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
