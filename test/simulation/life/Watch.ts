import { idleColor } from "../../../model/Live";
import type { ServiceRecord } from "../../../model/Record";
import type { Plan } from "../../../plan/Plan";
import { PlanOutdated } from "../../../up/PlanOutdated";
import type { Stand } from "../Scheduler";
import { Broken } from "./Broken";
import { owedCapacity } from "./owedCapacity";
import { type Container, isProved } from "./SimulatedContainer";
import type { SimulatedUp, Step } from "./SimulatedUp";
import type { SimulatedWorld } from "./SimulatedWorld";

/** The rules that hold at every moment while an `up` is at work on a service. */
export class Watch {
    /** How many containers must serve. */
    #floor: number;
    /** Whether somebody must answer users. */
    #isAnswered: boolean;
    /** Containers that users reached unproved when it began: somebody's hand has done that. */
    readonly #unproved: ReadonlySet<Container>;
    /** Containers that served behind the last step. */
    #serving: readonly Container[];
    /** The record whose promotions were noted last. */
    #noted: ServiceRecord | undefined;

    /**
     * It begins with the service as it is now.
     * @param isReached whether any route leads to the service
     */
    constructor(
        private readonly up: SimulatedUp,
        isReached = true,
    ) {
        const { world } = up;
        this.#unproved = new Set(unprovedOf(world, world.reached()));
        this.#serving = world.serving();
        this.#floor = isReached ? owedCapacity(up) : 0;
        this.#isAnswered = isReached && isPublic(world) && world.answering().length > 0;
    }

    /**
     * From now on somebody's hand, or the machine, decides what serves. An `up` goes on with what it has seen: it owes nothing
     * for a container that only this has let in, and that it was about to prove.
     */
    disturb(): void {
        const { world } = this.up;
        this.up.disturbed = true;
        const stillServing = world.serving().filter(container => this.#serving.includes(container));
        this.#floor = Math.min(this.#floor, stillServing.length, owedCapacity(this.up));
        this.#isAnswered &&= world.answering().length > 0;
    }

    /** Rule 3 at every moment: users reach no container that was never proved, unless they reached it when this began. */
    #letsInProved(reached: Container[]): void {
        const { world, made, disturbed } = this.up;
        const unproved = disturbed ? undefined : unprovedOf(world, reached).find(one => !this.#unproved.has(one));
        if (unproved !== undefined) {
            throw new Broken(`rule 3: users reach ${unproved.name}, which was never proved: ${made.sentence}`);
        }
    }

    /** Whether somebody has to answer users now. */
    get isAnswered(): boolean {
        return this.#isAnswered;
    }

    /** @throws {@link Broken} where a rule does not hold; an error of the procedure's own that no `up` may end with */
    look(stand: Stand<Step, void>): void {
        const { world, made, disturbed } = this.up;
        if (this.up.broken !== undefined) {
            throw this.up.broken;
        }
        if (stand.is === "failed" && isDefect(stand.error, this.up)) {
            throw stand.error;
        }
        const reached = world.reached();
        this.#serving = reached.filter(({ color }) => color === world.link);
        owesNoCapacity(this.#serving.length, this.#floor, made);
        if (!disturbed) {
            failsOverToGood(world, made);
        }
        this.#letsInProved(reached);
        if (stand.is !== "failed" && this.#isAnswered && !disturbed && world.answering().length === 0) {
            throw new Broken(`rule 6: nobody answers users any more: ${made.sentence}`);
        }
        if (stand.is !== "failed" && this.#noted !== world.record) {
            notePromotions(world);
            this.#noted = world.record;
        }
    }
}

/** Whether an `up` ends in a way that no `up` may: by a defect of the code, or because its own plan does not hold. */
function isDefect(error: unknown, { disturbed }: SimulatedUp): boolean {
    const isPlannedWrong = error instanceof PlanOutdated && !disturbed;
    const isOfCode = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
    return isPlannedWrong || isOfCode || error instanceof Broken;
}

/** Whether somebody must answer all through it where somebody does: not before the first link is confirmed. */
function isPublic({ record }: SimulatedWorld): boolean {
    return record.link.live !== "none";
}

function owesNoCapacity(serving: number, floor: number, { sentence }: Plan): void {
    if (serving < floor) {
        throw new Broken(`rule 1: ${serving} serve, ${floor} are owed: ${sentence}`);
    }
}

/** Failover hides what a release answers wrongly, so there is none while a release is judged, nor to one that users never had. */
function failsOverToGood({ record, front }: SimulatedWorld, { sentence }: Plan): void {
    const { link = "none", failover = false } = front.memory ?? {};
    if (!failover || link !== record.link.live) {
        return;
    }
    const { linked = false, judgedBad } = record.releases[record[idleColor(link)].release ?? ""] ?? {};
    if (record.intent?.kind === "bake" || !linked || judgedBad !== undefined) {
        const what = record.intent?.kind === "bake" ? "a release is judged" : "its color holds no good release";
        throw new Broken(`rule 3: failover is on while ${what}: ${sentence}`);
    }
}

function notePromotions({ record, history: { promotions } }: SimulatedWorld): void {
    for (const { id, promotion } of Object.values(record.releases)) {
        const known = promotions.get(promotion) ?? id;
        if (known !== id) {
            throw new Broken(`promotion ${promotion} is of ${known} and of ${id}`);
        }
        promotions.set(promotion, id);
    }
}

/** @returns containers of ours that users reach and that were never proved. Nobody proves a background service by requests. */
function unprovedOf({ isBackground }: SimulatedWorld, reached: Container[]): Container[] {
    return isBackground ? [] : reached.filter(one => !isProved(one) && !one.isForeign);
}
