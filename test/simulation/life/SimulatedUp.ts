import type { Color } from "../../../model/Color";
import type { CommandHook } from "../../../model/CommandHook";
import type { ObservedService } from "../../../model/ObservedService";
import type { ServiceRecord } from "../../../model/Record";
import type { Desired } from "../../../plan/Desired";
import type { Plan } from "../../../plan/Plan";
import { linkAfter } from "../../../plan/settle";
import { plan } from "../../../plan/table";
import type { Phase } from "../../../up/phases";
import { Interrupted, LeaseLost } from "../../../up/stop";
import { Scheduler } from "../Scheduler";
import { VirtualClock } from "../VirtualClock";
import { Broken } from "./Broken";
import type { Faults } from "./Faults";
import type { Held } from "./SimulatedFront";
import type { SimulatedWorld } from "./SimulatedWorld";

/** Where an `up` can die: right before a phase, or behind any call that changed something. */
export type Step = Phase | "call";

/** How an `up` ended. */
export type End = "done" | "died" | "failed";

/** The release failed as a release can. */
export class ReleaseFailed extends Error {}
/** Somebody else is at work. */
export class LeaseHeld extends ReleaseFailed {}

/** What a user has beside the service's settings. */
export interface Surroundings {
    hooks: Partial<Record<CommandHook, boolean>>;
    /** Whether images can be pulled. */
    registry: boolean;
}

let processes = 0;

/** One `up`: its plan, what goes wrong in it, and how far it has come. */
export class SimulatedUp {
    readonly self = ++processes;
    readonly made: Plan;
    /** What the plan was made from. */
    readonly from: string;
    readonly before: Pick<ObservedService, "live" | "percent">;
    /** Somebody else may have changed the world since this looked. */
    disturbed = false;
    /** Runs it step by step. */
    readonly clock = new VirtualClock();
    readonly scheduler = new Scheduler<Step>(this.clock);
    /** The rule that it has broken. A procedure may catch what its ports throw, so it is kept here. */
    broken: Broken | undefined;
    /** The color that has got users, and of which no good answer has been seen since. */
    unconfirmed: Color | undefined;
    /** The release that the last open switch or judgement is about. */
    judged: string | undefined;
    /** Faults that have come up, each with the phase in which it did. */
    readonly struck = new Set<string>();
    /** The phase that it entered last. */
    phase: Phase | "its beginning" = "its beginning";
    /** How many containers of the new release it has started. */
    started = 0;
    /** Whether it has written or removed the link in HAProxy's files. */
    #hasMoved = false;

    constructor(
        readonly world: SimulatedWorld,
        readonly desired: Desired,
        readonly faults: Faults,
        readonly surroundings: Surroundings,
    ) {
        const observed = world.observe();
        this.made = plan(observed, desired);
        this.from = world.fingerprint();
        this.before = linkAfter(observed, this.made.recovery);
        this.#noteJudged();
    }

    /** Takes the lease, or finds that somebody else has it. */
    take(): void {
        const { lease } = this.world;
        if (lease.holder === this.self) {
            return;
        }
        if (lease.holder !== undefined && !lease.free) {
            throw new LeaseHeld("another up is at work on this front");
        }
        this.world.lease = { epoch: lease.epoch + 1, holder: this.self, free: false };
    }

    /** Gives the lease back, where this `up` has it. */
    giveBack(): void {
        const { lease } = this.world;
        if (lease.holder === this.self) {
            this.world.lease = { epoch: lease.epoch, free: true };
        }
    }

    /** Right before a step that changes something. */
    async enter(phase: Phase): Promise<void> {
        await this.scheduler.step(phase);
        this.phase = phase;
        this.#guard();
    }

    /** Behind a call that changed something. */
    async called(): Promise<void> {
        this.world.calls++;
        await this.scheduler.step("call");
        this.#guard();
    }

    #guard(): void {
        if (this.world.lease.holder !== this.self) {
            throw new LeaseLost();
        }
    }

    async write(change: (record: ServiceRecord) => ServiceRecord): Promise<void> {
        this.#guard();
        this.world.write(change);
        this.#noteJudged();
        await this.scheduler.step("call");
        this.#guard();
    }

    #noteJudged(): void {
        const { intent } = this.world.record;
        // A way back with a verdict goes to the release before.
        if (intent?.kind === "bake" || (intent?.kind === "switch" && intent.verdict === undefined)) {
            this.judged = intent.release;
        }
    }

    /** @param linked whether the change writes or removes the link */
    async configure(change: (files: Held) => void, reloads = false, linked = false): Promise<void> {
        this.#guard();
        const { front } = this.world;
        const held = front.memory && { ...front.memory };
        front.configure(files => {
            const { link, percent } = files;
            change(files);
            this.#hasMoved ||= linked || files.link !== link || files.percent !== percent;
            if (reloads) {
                this.#keepAnswered(files);
            }
        }, reloads);
        // A reload reads a link that somebody edited meanwhile.
        this.disturbed ||= front.memory?.link !== held?.link || front.memory?.percent !== held?.percent;
        await this.called();
    }

    /** As front/LiveFiles.ts: a reload finds the link that users are answered by, unless this process has written another. */
    #keepAnswered(files: Held): void {
        const { memory } = this.world.front;
        if (memory !== undefined && !this.#hasMoved && this.world.answering().length > 0) {
            files.link = memory.link;
            files.percent = memory.percent;
        }
    }

    async setSlots(color: Color, slots: number[], admin: "ready" | "drain" | "maint"): Promise<void> {
        if (slots.length > 0) {
            this.world.front.setSlots(color, slots, admin);
            await this.called();
        }
    }

    /** A fault comes up now. */
    strikes(fault: string): void {
        this.struck.add(`${fault}, in ${this.phase}`);
    }

    /** A rule is broken: this `up` does nothing more, and the life ends. */
    broke(what: string): never {
        this.broken ??= new Broken(what);
        throw new Interrupted(what);
    }
}
