import { RollingSchedule } from "../plan/RollingSchedule";
import { type RollPlan, rollTo } from "../plan/RollPlan";
import { ColorSlots } from "./ColorSlots";
import { isServing } from "./ColorTarget";
import { ProofFailed } from "./proof";
import type { RollSubject, RollWork } from "./RollWork";
import { bidFarewell, containersAt, proveOrRemove, startAndProve } from "./rollSteps";
import type { SeenContainer } from "./Seen";
import { isStop } from "./stop";
import type { Up } from "./Up";
import { vacate } from "./vacate";

/** Time between two looks while nothing is under way but a container that is down, milliseconds. */
const lookMs = 1_000;

/**
 * One pass over the containers of a live color, after which all of them are of one release: carries out what the schedule
 * (plan/RollingSchedule.ts) says, and tells it what has happened.
 */
export class Roll {
    readonly #work: RollWork;
    /** What is under way. None of them rejects. */
    readonly #tasks = new Set<Promise<void>>();
    /** Slots that HAProxy's files have open. */
    #open = new Set<number>();
    #written: string | undefined;
    /** Slots that took requests until their turn came to leave. */
    readonly #left = new Set<number>();
    #writing: Promise<void> = Promise.resolve();
    /** Slots whose containers the schedule counts on, and whether they serve as far as it knows. */
    readonly #known = new Map<number, boolean>();
    #failure: Error | undefined;
    #interruption: unknown;
    #stuckSinceMs: number | undefined;

    constructor(
        private readonly up: Up,
        private readonly subject: RollSubject,
    ) {
        const slots = new ColorSlots(up, subject.target);
        this.#work = { up, subject, slots, requireNeed: () => this.#requireNeed() };
    }

    /** @returns why it stopped, where it did. What serves then serves on. */
    async run(): Promise<Error | undefined> {
        const { target, replicas, settings } = this.subject;
        const { service } = await this.up.look();
        const rolling = rollTo(service[target.color], target.release, replicas, settings);
        const schedule = new RollingSchedule(rolling.start);
        try {
            await this.#begin(rolling, schedule);
            for (let goesOn = true; goesOn; ) {
                goesOn = await this.#turn(schedule);
            }
            return this.#failure;
        } catch (error) {
            this.#end(error);
            throw error;
        } finally {
            await Promise.all(this.#tasks);
        }
    }

    /** What can neither serve nor be used goes first; what an interrupted run has started is proved. */
    async #begin({ start, discard }: RollPlan, schedule: RollingSchedule): Promise<void> {
        const { target } = this.subject;
        const containers = (await this.up.look()).containers[target.color];
        const serving = new Set(containers.filter(one => isServing(target, one)).map(({ slot }) => slot));
        for (const { slot, serving } of start.old) {
            this.#known.set(slot, serving);
        }
        for (const { slot } of start.present.filter(({ up }) => up)) {
            this.#known.set(slot, true);
        }
        // One that takes requests goes on until its turn, whatever Docker's own check says.
        this.#open = new Set([...this.#known.keys()].filter(slot => serving.has(slot)));
        await this.#write();
        if (discard.length > 0) {
            await this.#discard(containers.filter(({ slot }) => discard.includes(slot)));
        }
        for (const { slot } of start.present.filter(({ up }) => !up)) {
            const left = containers.filter(container => container.slot === slot);
            this.#do(schedule, [slot], () => this.#prove(left));
        }
    }

    /** Does what the schedule says now, and waits until something has happened. @returns whether it goes on */
    async #turn(schedule: RollingSchedule): Promise<boolean> {
        await this.#look(schedule);
        const { start, retire, wakeAtMs, state } = schedule.next(this.up.clock.nowMs());
        for (const slot of retire) {
            if (this.#open.delete(slot)) {
                this.#left.add(slot);
            }
            this.#known.delete(slot);
        }
        // First the file: should this be interrupted, a restarted HAProxy sends nothing to what is about to leave.
        await this.#write();
        const isAtOnce = this.subject.settings.step === "service";
        for (const slots of grouped(start, isAtOnce)) {
            this.#do(schedule, slots, () => this.#start(slots));
        }
        for (const slots of grouped(retire, isAtOnce)) {
            this.#do(schedule, slots, () => this.#retire(slots));
        }
        if (this.#tasks.size === 0 && state !== "going") {
            return false;
        }
        await this.#wait(schedule, wakeAtMs);
        return true;
    }

    /** Begins something that ends by telling the schedule; its failure stops the release. */
    #do(schedule: RollingSchedule, slots: number[], act: () => Promise<"up" | "gone">): void {
        const task = act()
            .then(is => {
                for (const slot of slots) {
                    schedule.tell({ is, slot }, this.up.clock.nowMs());
                    if (is === "up") {
                        this.#known.set(slot, true);
                        this.#open.add(slot);
                    }
                }
            })
            .catch(error => {
                this.#end(error);
                for (const slot of slots) {
                    schedule.tell({ is: "failed", slot }, this.up.clock.nowMs());
                }
            })
            .finally(() => this.#tasks.delete(task));
        this.#tasks.add(task);
    }

    /** Something is the end of the release. Proofs that are under way end by it. */
    #end(error: unknown): void {
        if (isStop(error)) {
            this.#interruption ??= error;
        } else {
            this.#failure ??= error as Error;
        }
    }

    #requireNeed(): void {
        if (this.#interruption !== undefined) {
            throw this.#interruption;
        }
        if (this.#failure !== undefined) {
            throw new ProofFailed("the release had failed already");
        }
    }

    /** Tells the schedule which containers serve now. */
    async #look(schedule: RollingSchedule): Promise<void> {
        const { service } = await this.up.look();
        const { slots = [] } = service[this.subject.target.color];
        for (const [slot, served] of this.#known) {
            const serves = slots.some(container => container.slot === slot && container.ready);
            if (serves !== served) {
                this.#known.set(slot, serves);
                schedule.tell({ is: serves ? "up" : "down", slot }, this.up.clock.nowMs());
            }
        }
    }

    /** Until something has happened, or it is time to look. */
    async #wait(schedule: RollingSchedule, wakeAtMs: number | undefined): Promise<void> {
        const { clock } = this.up;
        const nowMs = clock.nowMs();
        const isStuck = this.#tasks.size === 0 && wakeAtMs === undefined;
        this.#stuckSinceMs = isStuck ? (this.#stuckSinceMs ?? nowMs) : undefined;
        const patienceMs = this.subject.settings.healthcheckTimeoutMs;
        if (this.#stuckSinceMs !== undefined && nowMs - this.#stuckSinceMs > patienceMs) {
            this.#failure ??= this.#goneDown(patienceMs);
            schedule.tell({ is: "failed", slot: 0 }, nowMs);
            return;
        }
        const next = Promise.race(this.#tasks);
        if (isStuck) {
            await clock.sleep(lookMs);
        } else if (wakeAtMs === undefined) {
            await next;
        } else {
            await clock.sleep(Math.max(1, wakeAtMs - nowMs), next);
        }
        if (this.#interruption !== undefined) {
            throw this.#interruption;
        }
    }

    #goneDown(patienceMs: number): Error {
        const { color } = this.subject.target;
        const down = [...this.#known]
            .filter(([, serves]) => !serves)
            .map(([slot]) => this.up.containers.nameOf(color, slot));
        const what = `${down.join(", ")} went down and did not come back within ${patienceMs / 1000} s`;
        return new Error(`${what} (healthcheckTimeout). Look at its log (docker logs ${down[0]})`);
    }

    /**
     * Opens the slots that take requests, in HAProxy's files and in its memory. One write comes after the other: an earlier
     * one must not open a slot again that has left since.
     */
    #write(): Promise<void> {
        const next = this.#writing.then(() => this.#writeNow());
        this.#writing = next.catch(() => {});
        return next;
    }

    async #writeNow(): Promise<void> {
        const open = [...this.#open].sort((a, b) => a - b);
        if (open.join() !== this.#written) {
            await this.up.journal.enter("roll: file");
            await this.#work.slots.open(open);
            this.#written = open.join();
        }
    }

    async #start(slots: number[]): Promise<"up"> {
        await startAndProve(this.#work, slots);
        return "up";
    }

    async #prove(containers: SeenContainer[]): Promise<"up"> {
        await proveOrRemove(this.#work, containers);
        return "up";
    }

    /** Out of traffic by a confirmed drain, the user's command, then stopped and removed. */
    async #retire(slots: number[]): Promise<"gone"> {
        const containers = await containersAt(this.#work, slots);
        try {
            await bidFarewell(this.#work, slots, containers);
        } catch (error) {
            if (!isStop(error)) {
                await this.#putBack(slots);
            }
            throw error;
        }
        await this.#vacate(containers);
        return "gone";
    }

    /** Those that served go on. What an interrupted run had started was perhaps never proved. */
    async #putBack(slots: number[]): Promise<void> {
        const served = slots.filter(slot => this.#left.has(slot));
        for (const slot of served) {
            this.#open.add(slot);
        }
        await this.#write();
        await this.#work.slots.tell(served, "ready");
    }

    /** Removes containers that are not counted on, once nothing is open on them. */
    async #discard(containers: SeenContainer[]): Promise<void> {
        const slots = containers.map(({ slot }) => slot);
        await this.#work.slots.tell(slots, "drain");
        await this.#work.slots.drain(slots);
        await this.#vacate(containers);
    }

    #vacate(containers: SeenContainer[]): Promise<void> {
        return vacate(this.up, this.#work.slots, { phase: "roll: vacate", containers });
    }
}

/** All together, or each by itself. */
function grouped(slots: number[], isAtOnce: boolean): number[][] {
    return isAtOnce && slots.length > 0 ? [slots] : slots.map(slot => [slot]);
}
