import type { ServerStat, Worker, WorkerAddress } from "../model/FrontState";
import type { Runtime } from "./runtime";
import { assertEveryWorker } from "./WorkerResult";

/** The state of one slot in one worker. */
export interface EarnedSlot {
    worker: WorkerAddress;
    slot: number;
    /** Whether `rise` checks in a row have passed. */
    up: boolean;
    /** Whether the slot must enter again: a reload made this worker, and there UP means nothing. */
    reset: boolean;
    /** The last check's result in HAProxy's words. */
    check: string;
    /** How often the slot went down since the worker's start. */
    downs: number;
}

/**
 * Brings slots to an UP that their checks have earned, without traffic meanwhile. HAProxy says UP right after `ready`, before
 * the first check. So a slot goes to `maint`, then to `drain` and `health down`, and to `ready` once its checks have passed.
 * This works for any rise and fall, on the idle and the live color. The caller waits between the steps.
 */
export class EarnedUp {
    readonly #entered = new Set<string>();

    constructor(
        private readonly runtime: Runtime,
        /** `web-blue`. */
        readonly backend: string,
        /** Slots that have a container and get no traffic. */
        readonly slots: readonly number[],
    ) {}

    /** Takes the slots out of traffic and starts their checks from zero, in current workers only. */
    async enter(workers: readonly WorkerAddress[]): Promise<void> {
        await this.#set(workers, { state: "maint" });
        await this.#set(workers, { state: "drain", health: "down" });
        for (const worker of workers) {
            this.#entered.add(key(worker));
        }
    }

    /** @returns the state of each slot in each of these workers */
    state(workers: readonly Worker[]): EarnedSlot[] {
        return workers.flatMap(worker =>
            this.slots.map(slot => {
                const server = worker.backends.get(this.backend)?.servers.get(slot);
                const reset = !this.#entered.has(key(worker)) || server === undefined || server.admin === "maint";
                return {
                    worker,
                    slot,
                    up: !reset && server.up,
                    reset,
                    check: server === undefined ? "HAProxy does not know this slot" : words(server),
                    downs: server?.downs ?? 0,
                };
            }),
        );
    }

    /** Opens the slots to traffic. Their checks go on, and close a slot that fails. */
    async finish(workers: readonly WorkerAddress[]): Promise<void> {
        await this.#set(workers, { state: "ready" });
    }

    async #set(
        workers: readonly WorkerAddress[],
        change: { state: "ready" | "drain" | "maint"; health?: "down" },
    ): Promise<void> {
        const changes = new Map(this.slots.map(slot => [slot, change]));
        const results = await this.runtime.setServers(workers, this.backend, changes);
        assertEveryWorker(`${change.state} for slots of ${this.backend}`, results);
    }
}

function key({ generation, pid }: WorkerAddress): string {
    return `${generation}/${pid}`;
}

function words({ status, checkStatus, checkCode, checkWords }: ServerStat): string {
    return [status, checkStatus, checkCode, checkWords && `(${checkWords})`].filter(Boolean).join(" ");
}
