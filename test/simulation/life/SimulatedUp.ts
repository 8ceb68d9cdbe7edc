import type { Color } from "../../../model/Color";
import type { CommandHook } from "../../../model/CommandHook";
import type { ObservedService } from "../../../model/ObservedService";
import type { ServiceRecord } from "../../../model/Record";
import type { Desired } from "../../../plan/Desired";
import type { Plan } from "../../../plan/Plan";
import { claimedByOthers, heldPlaces } from "../../../plan/rerouting";
import { linkAfter } from "../../../plan/settle";
import { plan } from "../../../plan/table";
import type { Phase } from "../../../up/phases";
import { Interrupted, LeaseLost } from "../../../up/stop";
import { Scheduler } from "../Scheduler";
import { VirtualClock } from "../VirtualClock";
import { Broken } from "./Broken";
import type { Faults } from "./Faults";
import type { Held } from "./SimulatedHaproxy";
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

/** The process of one `pulumi up`, in which all services have their part. */
export class SimulatedProcess {
    readonly id = ++processes;
    readonly clock = new VirtualClock();
    readonly scheduler = new Scheduler<Step>(this.clock);
    /** It takes the lease once, for all its services. */
    hasTaken = false;
    /** Services whose link it has written or removed in HAProxy's files, and paths of the backends' files it has written. */
    readonly own = new Set<string>();
}

/** One `up`: its plan, what goes wrong in it, and how far it has come. */
export class SimulatedUp {
    readonly self: number;
    readonly made: Plan;
    readonly #fingerprint: () => string;
    readonly before: Pick<ObservedService, "live" | "percent">;
    /** Whether HAProxy had failover, in its memory or its file. */
    readonly hadFailover: boolean;
    /** Whether a route of the service was only in HAProxy's memory, or only in its file. */
    readonly halfWritten: boolean;
    /** Places that led to the service when the plan was made. */
    readonly held: string[];
    /** Places that other services take or end. */
    readonly claimed: string[];
    /** Somebody else may have changed the world since this looked. */
    disturbed = false;
    /** Runs it step by step. */
    readonly clock: VirtualClock;
    readonly scheduler: Scheduler<Step>;
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
    /** How many calls of the kind that is to go wrong it has made, and whether that one has come. */
    portCalls = 0;
    hasPortFailed = false;
    /** HAProxy was reloaded for another service on its way. */
    hasReloaded = false;
    /** How many containers of the new release it has started. */
    started = 0;

    constructor(
        readonly world: SimulatedWorld,
        readonly desired: Desired,
        readonly faults: Faults,
        readonly surroundings: Surroundings,
        private readonly process = new SimulatedProcess(),
    ) {
        this.self = process.id;
        this.clock = process.clock;
        this.scheduler = process.scheduler;
        const { observed, fingerprint } = world.outlook();
        this.made = plan(observed, desired);
        this.halfWritten = observed.halfWritten !== undefined;
        this.hadFailover = observed.failover !== undefined || observed.writtenFailover === true;
        this.held = heldPlaces(observed);
        this.claimed = claimedByOthers(observed, desired.places);
        this.#fingerprint = fingerprint;
        this.before = linkAfter(observed, this.made.recovery);
        this.#noteJudged();
    }

    /** What the plan was made from. */
    get from(): string {
        return this.#fingerprint();
    }

    /** Takes the lease, or finds that somebody else has it. */
    take(): void {
        const { lease } = this.world;
        if (this.process.hasTaken) {
            return;
        }
        if (lease.holder !== undefined && !lease.free) {
            throw new LeaseHeld("another up is at work on this front");
        }
        this.process.hasTaken = true;
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
        this.guard();
    }

    /** Behind a call that changed something. */
    async called(): Promise<void> {
        this.world.calls++;
        await this.scheduler.step("call");
        this.guard();
    }

    /** A command that HAProxy gets compares the lease first, and so does whatever begins a phase. */
    guard(): void {
        if (this.world.lease.holder !== this.self) {
            throw new LeaseLost();
        }
    }

    async write(change: (record: ServiceRecord) => ServiceRecord): Promise<void> {
        this.guard();
        this.world.write(change);
        this.#noteJudged();
        await this.scheduler.step("call");
        this.guard();
    }

    #noteJudged(): void {
        const { intent } = this.world.record;
        // A way back with a verdict goes to the release before.
        if (intent?.kind === "bake" || (intent?.kind === "switch" && intent.verdict === undefined)) {
            this.judged = intent.release;
        }
    }

    /** @param own the service whose link the change writes or removes, or the path of the backend's file */
    async configure(change: (files: Held) => void, reloads = false, own?: string): Promise<void> {
        this.guard();
        const { front } = this.world;
        const held = front.memory && { ...front.memory };
        const { link, percent } = front.files;
        change(front.files);
        if (own !== undefined) {
            this.process.own.add(own);
        }
        if (front.files.link !== link || front.files.percent !== percent) {
            this.process.own.add(this.world.service);
        }
        if (reloads) {
            this.reload();
        }
        // A reload reads a link that somebody edited meanwhile.
        this.disturbed ||= front.memory?.link !== held?.link || front.memory?.percent !== held?.percent;
        await this.called();
    }

    /** Has HAProxy reloaded, for this service or another one. */
    reload(): void {
        const { host, front } = this.world;
        host.reload(this.faults.connections, this.process.own);
        if (front.old.length > 0) {
            this.strikes("a reload leaves a worker with connections");
        }
    }

    async setSlots(color: Color, slots: number[], admin: "ready" | "drain" | "maint"): Promise<void> {
        if (slots.length > 0) {
            this.guard();
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
