import { backendName } from "../haproxy/names";
import { assertEveryWorker, WorkerReplaced } from "../haproxy/WorkerResult";
import type { Color } from "../model/Color";
import type { Worker } from "../model/FrontState";
import { currentWorkers } from "../model/World";
import { retry } from "../time/retry";
import type { SlotState } from "../up/Backend";
import type { FrontAccess } from "./FrontAccess";

/** How often the workers are told at most. A reload for another service may replace them between two tries. */
const tries = 5;

/**
 * Tells every worker that takes new connections and knows the color what its slots are to do. A reload may
 * replace a worker meanwhile. The new worker has read only the files, so it is told too.
 * @param changesOf what these workers need to be told
 */
export async function tellSlots(
    access: FrontAccess,
    service: string,
    color: Color,
    changesOf: (workers: Worker[]) => ReadonlyMap<number, { state: SlotState }>,
): Promise<void> {
    const backend = backendName(service, color);
    const tell = async () => {
        const { front } = await access.observe([service]);
        const workers = currentWorkers(front).filter(({ backends }) => backends.has(backend));
        const changes = changesOf(workers);
        if (changes.size > 0) {
            const states = [...new Set([...changes.values()].map(({ state }) => state))].join(" and ");
            assertEveryWorker(`${states} of ${backend}`, await access.runtime.setServers(workers, backend, changes));
        }
    };
    await retry(tell, { isTransient: error => error instanceof WorkerReplaced, firstMs: 0, tries });
}
