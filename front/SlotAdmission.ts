import { EarnedUp } from "../haproxy/earned";
import { backendName } from "../haproxy/names";
import { WorkerReplaced } from "../haproxy/WorkerResult";
import type { Color } from "../model/Color";
import { type Worker, workerKey } from "../model/FrontState";
import { currentWorkers } from "../model/World";
import type { Admission, SlotStand, WorkerSlots } from "../up/Admission";
import type { FrontAccess } from "./FrontAccess";

/** The slots of one color that are to be opened to traffic. */
export class SlotAdmission implements Admission {
    readonly #earned: EarnedUp;
    /** The workers of the last look. */
    #workers = new Map<string, Worker>();

    constructor(
        private readonly access: FrontAccess,
        private readonly service: string,
        color: Color,
        slots: readonly number[],
    ) {
        this.#earned = new EarnedUp(access.runtime, backendName(service, color), slots);
    }

    async look(): Promise<WorkerSlots[]> {
        const { front } = await this.access.observe([this.service]);
        this.#workers = new Map(currentWorkers(front).map(worker => [workerKey(worker), worker]));
        return [...this.#workers].map(([key, worker]) => ({ worker: key, slots: this.#slotsOf(worker) }));
    }

    enter(workers: readonly WorkerSlots[]): Promise<boolean> {
        return isTaken(this.#earned.enter(this.#known(workers)));
    }

    open(workers: readonly WorkerSlots[]): Promise<boolean> {
        return isTaken(this.#earned.finish(this.#known(workers)));
    }

    #slotsOf(worker: Worker): SlotStand[] {
        const servers = worker.backends.get(this.#earned.backend)?.servers;
        return this.#earned.state([worker]).map(({ slot, reset, up, check, downs }) => ({
            slot,
            entered: !reset,
            up,
            open: servers?.get(slot)?.admin === "ready",
            check,
            downs,
        }));
    }

    #known(workers: readonly WorkerSlots[]): Worker[] {
        return workers.map(({ worker }) => this.#workers.get(worker)).filter(worker => worker !== undefined);
    }
}

async function isTaken(change: Promise<void>): Promise<boolean> {
    try {
        await change;
        return true;
    } catch (error) {
        if (error instanceof WorkerReplaced) {
            return false;
        }
        throw error;
    }
}
