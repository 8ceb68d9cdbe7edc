import { backendName } from "../haproxy/names";
import { assertEveryWorker, WorkerReplaced } from "../haproxy/runtime";
import type { Color } from "../model/Color";
import type { Worker } from "../model/FrontState";
import { currentWorkers } from "../model/World";
import type { SlotState } from "../up/Backend";
import type { FrontAccess } from "./FrontAccess";

/** How often reloads for other services may replace the workers before this gives up. */
const attempts = 5;

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
    for (let attempt = 1; ; attempt++) {
        const { front } = await access.observe([service]);
        const workers = currentWorkers(front).filter(({ backends }) => backends.has(backend));
        const changes = changesOf(workers);
        if (changes.size === 0) {
            return;
        }
        const states = [...new Set([...changes.values()].map(({ state }) => state))].join(" and ");
        try {
            assertEveryWorker(`${states} of ${backend}`, await access.runtime.setServers(workers, backend, changes));
            return;
        } catch (error) {
            if (!(error instanceof WorkerReplaced) || attempt === attempts) {
                throw error;
            }
        }
    }
}
