import type { Phase } from "../../../up/phases";
import type { Stand } from "../Scheduler";
import { Broken } from "./Broken";
import { type Restart, restarts } from "./byHand";
import { type Coverage, noteFaults } from "./Coverage";
import { checkEnd, isInStep } from "./endRules";
import { pulumiUp } from "./pulumiUp";
import type { End, SimulatedUp, Step } from "./SimulatedUp";
import { Snapshot } from "./Snapshot";
import type { Story } from "./Story";
import { Watch } from "./Watch";

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
    constructor(
        private readonly up: SimulatedUp,
        private readonly coverage: Coverage,
        private readonly story: Story,
        private readonly name = "pulumi up",
    ) {}

    /** Goes on to its end, or until it dies. */
    async go(fate?: Fate): Promise<End> {
        const end = await this.#go(fate);
        noteFaults(this.coverage, this.up);
        return end;
    }

    async #go({ diesAfter = Number.POSITIVE_INFINITY, diesAt, meanwhile, until }: Fate = {}): Promise<End> {
        this.#begin();
        const { up } = this;
        const { world, made, scheduler } = up;
        const isRefused =
            made.refusal !== undefined && made.recovery === undefined && !made.blue.act && !made.green.act;
        const snapshot = isRefused && world.front.memory !== undefined ? new Snapshot(world) : undefined;
        const watch = new Watch(up);
        const wasInStep = isInStep(world);
        let phases = 0;
        for (let step = 0; ; step++) {
            if (meanwhile?.after === step) {
                this.#restart(meanwhile.what, watch);
            }
            this.#reload(step, watch, wasInStep);
            world.host.haproxy.tick();
            world.tick();
            const stand = await scheduler.next(choiceOf(up.faults.order, step));
            this.#look(watch, stand);
            if (stand.is !== "waiting" && (!up.disturbed || this.#isRestarted)) {
                checkEnd(up, wasInStep, stand.is === "failed" ? stand.error : undefined);
            }
            if (stand.is === "failed") {
                if (
                    snapshot !== undefined &&
                    !up.disturbed &&
                    !up.hasReloaded &&
                    !new Snapshot(world).equals(snapshot)
                ) {
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

    /**
     * Another service has HAProxy reloaded: what an `up` has written is what the new worker begins with.
     * @param wasInStep whether no file said something else than the memory when this `up` began
     */
    #reload(step: number, watch: Watch, wasInStep: boolean): void {
        const { up, story } = this;
        const { front } = up.world;
        if (up.faults.reload === step && front.memory !== undefined) {
            up.strikes("a reload for another service");
            story.tell(`Meanwhile, ${this.#where()}: HAProxy is reloaded for another service.`);
            up.reload();
            up.hasReloaded = true;
            if (!wasInStep) {
                watch.disturb();
            }
        }
    }

    #restart(what: Restart, watch: Watch): void {
        const { up, coverage, story } = this;
        if (restarts[what](up.world)) {
            coverage.restarts[what]++;
            story.tell(`Meanwhile, ${this.#where()}: ${what}.`);
        }
        this.#isRestarted = true;
        watch.disturb();
    }

    /** What must hold behind every step. */
    #look(watch: Watch, stand: Stand<Step, void>): void {
        const { made, scheduler } = this.up;
        if (stand.is !== "waiting") {
            this.story.tell(stand.is === "failed" ? `${this.name} fails: ${stand.error}` : `${this.name} is done.`);
        }
        watch.look(stand);
        if (stand.is !== "waiting" && scheduler.waiting > 0) {
            throw new Broken(`an up ends while calls of its are under way: ${made.sentence}`);
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
export function choiceOf(order: number, step: number): number {
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
