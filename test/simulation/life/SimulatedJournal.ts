import { isGivingBack, isRewriting } from "../../../model/Intent";
import { emptyRecord, type ServiceRecord } from "../../../model/Record";
import type { Journal } from "../../../up/Journal";
import type { Phase } from "../../../up/phases";
import { noteHistory } from "./History";
import type { SimulatedUp } from "./SimulatedUp";

/** The record of the service, and the lease of the front. */
export class SimulatedJournal implements Journal {
    readonly owner = "us";

    constructor(private readonly up: SimulatedUp) {}

    async forget(): Promise<void> {
        const { world } = this.up;
        world.record = emptyRecord(world.service);
        world.history = { baked: new Set(), rolledBack: new Map(), hooks: new Set(), promotions: new Map() };
        await this.up.called();
    }

    async take(): Promise<void> {
        this.up.take();
    }

    async enter(phase: Phase): Promise<void> {
        await this.up.enter(phase);
    }

    /** Certificates have a simulation of their own (test/unit/up/certificates.test.ts). */
    async certificates() {
        return { certificates: new Map() };
    }

    async recorded(): Promise<ServiceRecord> {
        return this.up.world.record;
    }

    async record(change: (record: ServiceRecord) => ServiceRecord): Promise<ServiceRecord> {
        const { up } = this;
        const before = up.world.record;
        await up.write(record => {
            const written = change(record);
            this.#isAllowed(written);
            // The user may want no judgement by now.
            const isGood = up.faults.bake === "good" || up.desired.policy.bakeTimeMs === 0;
            noteHistory(up.world.history, before, written, isGood);
            return written;
        });
        return up.world.record;
    }

    /** Rule 5: a release that was judged bad is not tried again by itself. */
    #isAllowed({ intent }: ServiceRecord): void {
        const { world, desired } = this.up;
        if (intent?.kind !== "switch" || intent === world.record.intent || isGivingBack(intent) || intent.verdict) {
            return;
        }
        const { intent: open } = world.record;
        if (open?.kind === "bake" && open.step !== undefined && intent.step !== undefined) {
            this.up.broke(`a canary gets ${intent.percent} % before its ${open.step.weight} % are judged`);
        }
        const { rolledBack } = world.history;
        // What is live already, and is only written again or removed, is not tried.
        if (
            !isRewriting(intent) &&
            rolledBack.has(intent.release) &&
            rolledBack.get(intent.release) === desired.policy.retryToken
        ) {
            this.up.broke(`rule 5: ${intent.release} was judged bad, and is tried again by itself`);
        }
    }
}
