import type { Plan } from "../../../plan/Plan";
import { PlanOutdated } from "../../../up/PlanOutdated";
import type { Phase } from "../../../up/phases";
import type { Stand } from "../Scheduler";
import { Broken } from "./Broken";
import { type Restart, restarts } from "./byHand";
import type { Coverage } from "./Coverage";
import { checkEnd, isInStep } from "./endRules";
import { owedCapacity } from "./owedCapacity";
import { pulumiUp } from "./pulumiUp";
import type { End, SimulatedUp, Step } from "./SimulatedUp";
import type { SimulatedWorld } from "./SimulatedWorld";
import type { Story } from "./Story";

/** What befalls an `up` on its way. */
export interface Fate {
    /** A number of steps, or a phase, behind which it dies. */
    diesAfter?: number;
    diesAt?: Phase;
    meanwhile?: { after: number; what: Restart };
    /** Runs only to so many phases. */
    until?: number;
}

/** One `up` that goes on step by step, with a look at the rules behind each. */
export class Run {
    #isBegun = false;
    /** HAProxy or Docker has restarted on its way. */
    #isRestarted = false;
    /** The last phase that it entered. */
    #phase: Phase | undefined;
    /** How many containers must serve. */
    #floor = 0;
    /** Whether somebody must answer users. */
    #isAnswered = false;

    constructor(
        private readonly up: SimulatedUp,
        private readonly coverage: Coverage,
        private readonly story: Story,
        private readonly name = "pulumi up",
    ) {}

    /** Goes on to its end, or until it dies. */
    async go(fate?: Fate): Promise<End> {
        const end = await this.#go(fate);
        const { faults } = this.coverage;
        for (const fault of this.up.struck) {
            faults[fault] = (faults[fault] ?? 0) + 1;
        }
        this.up.struck.clear();
        return end;
    }

    async #go({ diesAfter = Number.POSITIVE_INFINITY, diesAt, meanwhile, until }: Fate = {}): Promise<End> {
        this.#begin();
        const { up } = this;
        const { world, made, scheduler } = up;
        const isRefused =
            made.refusal !== undefined && made.recovery === undefined && !made.blue.act && !made.green.act;
        const snapshot = isRefused && world.front.memory !== undefined ? world.snapshot() : undefined;
        this.#floor = owedCapacity(up);
        this.#isAnswered = isPublic(world) && world.answering().length > 0;
        const wasInStep = isInStep(world);
        let phases = 0;
        for (let step = 0; ; step++) {
            if (meanwhile?.after === step) {
                this.#restart(meanwhile.what);
            }
            world.tick();
            const stand = await scheduler.next(choiceOf(up.faults.order, step));
            this.#look(stand);
            if (stand.is !== "waiting" && (!up.disturbed || this.#isRestarted)) {
                checkEnd(up, wasInStep, stand.is === "failed" ? stand.error : undefined);
            }
            if (stand.is === "failed") {
                if (snapshot !== undefined && !up.disturbed && world.snapshot() !== snapshot) {
                    throw new Broken(`a refusal changes nothing: ${made.sentence}`);
                }
                return "failed";
            }
            if (stand.is === "done") {
                return "done";
            }
            if (isPhase(stand.step)) {
                this.#phase = stand.step;
                phases++;
            }
            if (until !== undefined && phases > until) {
                this.story.tell(`${this.name} has come to "${this.#phase}".`);
                return "died";
            }
            if (step >= diesAfter || stand.step === diesAt) {
                this.#die(stand.step);
                return "died";
            }
        }
    }

    #begin(): void {
        if (!this.#isBegun) {
            this.#isBegun = true;
            this.story.tell(`${this.name} plans: ${this.up.made.sentence}`);
            this.up.scheduler.start(() => pulumiUp(this.up));
        }
    }

    #restart(what: Restart): void {
        const { up, coverage, story } = this;
        if (restarts[what](up.world)) {
            coverage.restarts[what]++;
            story.tell(`Meanwhile, ${this.#where()}: ${what}.`);
        }
        up.disturbed = true;
        this.#isRestarted = true;
        this.#floor = Math.min(this.#floor, up.world.serving().length);
        this.#isAnswered &&= up.world.answering().length > 0;
    }

    /** What must hold behind every step. */
    #look(stand: Stand<Step, void>): void {
        const { world, made, disturbed, scheduler } = this.up;
        if (this.up.broken !== undefined) {
            throw this.up.broken;
        }
        if (stand.is === "failed" && isDefect(stand.error, this.up)) {
            throw stand.error;
        }
        if (stand.is !== "waiting") {
            this.story.tell(stand.is === "failed" ? `${this.name} fails: ${stand.error}` : `${this.name} is done.`);
        }
        owesNoCapacity(world, this.#floor, made);
        if (stand.is !== "waiting" && scheduler.waiting > 0) {
            throw new Broken(`an up ends while calls of its are under way: ${made.sentence}`);
        }
        if (stand.is !== "failed" && this.#isAnswered && !disturbed && world.answering().length === 0) {
            throw new Broken(`rule 6: nobody answers users any more: ${made.sentence}`);
        }
        if (stand.is !== "failed") {
            notePromotions(world);
        }
    }

    #die(at: Step | "sleep"): void {
        die(this.up, at, this.coverage);
        this.story.tell(`${this.name} dies ${isPhase(at) ? `right before "${at}"` : this.#where()}.`);
    }

    #where(): string {
        return this.#phase === undefined ? "at its beginning" : `in the middle of "${this.#phase}"`;
    }
}

/** Which of several calls goes on next: always the first one, or in an order that looks like chance and is none. */
function choiceOf(order: number, step: number): number {
    return order === 0 ? 0 : (Math.imul(order, 0x9e3779b1) ^ Math.imul(step + 1, 0x85ebca6b)) >>> 8;
}

/** The process of an `up` is gone, and so is its lease. */
export function die({ world, scheduler }: SimulatedUp, at: Step | "sleep", coverage: Coverage): void {
    scheduler.kill();
    world.lease.free = true;
    if (isPhase(at)) {
        coverage.deaths[at]++;
    }
}

function isPhase(step: Step | "sleep"): step is Phase {
    return step !== "call" && step !== "sleep";
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

function owesNoCapacity(world: SimulatedWorld, floor: number, { sentence }: Plan): void {
    const serving = world.serving().length;
    if (serving < floor) {
        throw new Broken(`rule 1: ${serving} serve, ${floor} are owed: ${sentence}`);
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
