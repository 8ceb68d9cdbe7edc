import type { ServerStat, Worker, WorkerAddress } from "../model/FrontState";
import type { Runtime } from "./runtime";
import { assertEveryWorker } from "./WorkerResult";

/** How far one slot is in one worker. */
export interface EarnedSlot {
    worker: WorkerAddress;
    slot: number;
    /** Its checks passed, as often in a row as `rise` says. */
    up: boolean;
    /** It did not go through `enter` in this worker (a reload made a new one, and UP means nothing there): enter again. */
    reset: boolean;
    /** What HAProxy last saw, in its words. */
    check: string;
    /** How often it went down since the worker's start. */
    downs: number;
}

/**
 * An UP that HAProxy's own checks gave, without any traffic meanwhile. A server is UP right after `ready`, before its
 * first check; so it goes to `maint`, `drain` and `health down`, and is told to be ready only once its checks passed.
 * Works for any rise and fall, on the idle and on the live color alike. The caller waits between the steps.
 */
export class EarnedUp {
    readonly #entered = new Set<string>();

    constructor(
        private readonly runtime: Runtime,
        /** `web-blue`. */
        readonly backend: string,
        /** Slots with a container, without traffic. */
        readonly slots: readonly number[],
    ) {}

    /** Takes the slots out of traffic and lets their checks begin at nothing. For current workers only. */
    async enter(workers: readonly WorkerAddress[]): Promise<void> {
        await this.#set(workers, { state: "maint" });
        await this.#set(workers, { state: "drain", health: "down" });
        for (const worker of workers) {
            this.#entered.add(key(worker));
        }
    }

    /** Where each slot is now, in each of these workers. */
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

    /** Lets traffic to the slots. Their checks go on: one that fails from now on is out again. */
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
