import type { Color } from "../../../../model/Color";
import type { RollIntent } from "../../../../model/Observed";
import { heldSlots, hooksBefore, linkedTo } from "../../../../model/Record";
import type { RecordedRelease } from "../../../../model/Release";
import type { RollingSettings } from "../../../../model/StrategySettings";
import { RollingSchedule } from "../../../../plan/RollingSchedule";
import { rollTo } from "../../../../plan/rolling";
import { abandon, configureBackend, declaredHooks, open, openOnly, slotsOf } from "./deploy";
import { LeaseLost, ReleaseFailed, type SimulatedUp, type Step, type Steps } from "./SimulatedUp";
import type { Container } from "./SimulatedWorld";

/** What the containers of a live color are to become, and how. */
export interface Target {
    color: Color;
    release: RecordedRelease;
    replicas: number;
    settings: RollingSettings;
}

/** The live color becomes a release container by container, as up/RollingDeployment.ts does it. */
export function* rollOut(up: SimulatedUp, target: Target): Steps {
    const { world } = up;
    const { color, release, replicas } = target;
    const before = world.record.releases[world.record[color].release ?? ""];
    const { replicas: replicasBefore } = world.record[color];
    yield* up.enter("roll: intent");
    yield* intend(up, target, up.made.promotion);
    const problem = yield* new Pass(up, target, false).run();
    if (problem === undefined) {
        const slots = yield* settle(up, color, release);
        if (up.faults.confirm !== "good") {
            throw new ReleaseFailed("that every container is of the new release could not be confirmed");
        }
        yield* up.enter("roll: done");
        world.history.baked.add(release.id);
        world.history.rolledBack.delete(release.id);
        yield* up.write(record => ({
            ...linkedTo(record, color, release, { at: "now", by: "us" }),
            [color]: { ...record[color], release: release.id, replicas, slots: heldSlots(slots) },
        }));
        return;
    }
    if (before === undefined || before.id === release.id || replicasBefore === 0) {
        throw problem;
    }
    yield* up.enter("roll: undo");
    yield* intend(up, { ...target, release: before, replicas: replicasBefore }, undefined);
    const second = yield* new Pass(up, { ...target, release: before, replicas: replicasBefore }, true).run();
    if (second === undefined) {
        yield* settle(up, color, before);
        yield* up.write(record => ({ ...record, intent: undefined }));
    }
    throw problem;
}

function* settle(up: SimulatedUp, color: Color, release: RecordedRelease): Steps<number[]> {
    yield* up.enter("roll: end");
    const slots = slotsOf(up.world.on(color));
    yield* configureBackend(up, color, release, slots);
    yield* openOnly(up, color, slots);
    return slots;
}

function* intend(up: SimulatedUp, { color, release, replicas, settings }: Target, promotion?: number): Steps {
    const held = up.world.on(color).map(container => container.release);
    yield* up.write(record => {
        const known = record.releases[release.id];
        const from = [...new Set([...held, record[color].release ?? ""])].filter(
            id => id !== release.id && record.releases[id] !== undefined,
        );
        const intent: RollIntent = { kind: "roll", color, from, to: release.id, replicas, settings };
        return {
            ...record,
            intent,
            releases: {
                ...record.releases,
                [release.id]: known ? { ...known, promotion: promotion ?? known.promotion } : release,
            },
            promotions: Math.max(record.promotions, promotion ?? 0),
            hooks: hooksBefore(record, declaredHooks(up)),
        };
    });
}

interface Task {
    slots: number[];
    steps: Generator<Step, "up" | "gone">;
}

/** One pass over the containers, after which all of them are of one release, as up/Roll.ts does it. */
class Pass {
    #tasks: Task[] = [];
    #open = new Set<number>();
    #written = "";
    readonly #known = new Map<number, boolean>();
    #failure: ReleaseFailed | undefined;
    #proofs = 0;
    #nowMs = 1;

    constructor(
        private readonly up: SimulatedUp,
        private readonly target: Target,
        private readonly isUndo: boolean,
    ) {}

    *run(): Generator<Step, ReleaseFailed | undefined> {
        const { up, target } = this;
        const { color, release, replicas, settings } = target;
        const { start, discard } = rollTo(up.world.look()[color], release, replicas, settings);
        const schedule = new RollingSchedule(start);
        for (const { slot, serving } of start.old) {
            this.#known.set(slot, serving);
        }
        for (const { slot } of start.present.filter(({ up }) => up)) {
            this.#known.set(slot, true);
        }
        this.#open = new Set([...this.#known.keys()].filter(slot => up.world.front.adminOf(color, slot) === "ready"));
        yield* this.#write();
        if (discard.length > 0) {
            const gone = up.world.on(color).filter(({ slot }) => discard.includes(slot));
            yield* up.setSlots(color, discard, "drain");
            yield* up.drain(color, discard);
            yield* this.#vacate(gone);
        }
        for (const { slot } of start.present.filter(({ up }) => !up)) {
            this.#tasks.push({ slots: [slot], steps: this.#prove(this.#at([slot])) });
        }
        for (let turn = up.faults.order; ; turn++) {
            this.#look(schedule);
            const next = schedule.next(++this.#nowMs);
            for (const slot of next.retire) {
                this.#open.delete(slot);
                this.#known.delete(slot);
            }
            yield* this.#write();
            const isAtOnce = settings.step === "service";
            for (const slots of grouped(next.start, isAtOnce)) {
                this.#tasks.push({ slots, steps: this.#start(slots) });
            }
            for (const slots of grouped(next.retire, isAtOnce)) {
                this.#tasks.push({ slots, steps: this.#retire(slots) });
            }
            if (this.#tasks.length === 0) {
                if (next.state !== "going") {
                    return this.#failure;
                }
                if (next.wakeAtMs === undefined && next.start.length + next.retire.length === 0) {
                    return new ReleaseFailed("one went down and did not come back");
                }
                continue;
            }
            yield* this.#step(schedule, this.#tasks[turn % this.#tasks.length]!);
        }
    }

    /** One task goes on by one step. */
    *#step(schedule: RollingSchedule, task: Task): Steps {
        try {
            const { done, value } = task.steps.next();
            if (!done) {
                yield value;
                return;
            }
            for (const slot of task.slots) {
                schedule.tell({ is: value, slot }, this.#nowMs);
                if (value === "up") {
                    this.#known.set(slot, true);
                    this.#open.add(slot);
                }
            }
        } catch (error) {
            if (!(error instanceof ReleaseFailed) || error instanceof LeaseLost) {
                throw error;
            }
            this.#failure ??= error;
            for (const slot of task.slots) {
                schedule.tell({ is: "failed", slot }, this.#nowMs);
            }
        }
        this.#tasks = this.#tasks.filter(other => other !== task);
    }

    #look(schedule: RollingSchedule): void {
        const { slots = [] } = this.up.world.look()[this.target.color];
        for (const [slot, served] of this.#known) {
            const serves = slots.some(container => container.slot === slot && container.ready);
            if (serves !== served) {
                this.#known.set(slot, serves);
                schedule.tell({ is: serves ? "up" : "down", slot }, this.#nowMs);
            }
        }
    }

    *#write(): Steps {
        const slots = [...this.#open].sort((a, b) => a - b);
        if (slots.join() !== this.#written) {
            yield* this.up.enter("roll: file");
            yield* open(this.up, this.target.color, slots);
            yield* this.up.setSlots(this.target.color, slots, "ready");
            this.#written = slots.join();
        }
    }

    *#start(slots: number[]): Generator<Step, "up"> {
        const { up, target } = this;
        yield* up.enter("roll: start");
        const { proof } = up.faults;
        if (!this.isUndo && proof?.how === "cannot start" && this.#proofs >= proof.after) {
            throw new ReleaseFailed("a container cannot be started");
        }
        for (const slot of slots) {
            const made = up.world.create(target.color, slot, target.release);
            yield* up.called();
            made.state = "running";
            yield* up.called();
        }
        return yield* this.#prove(this.#at(slots));
    }

    *#prove(containers: Container[]): Generator<Step, "up"> {
        const { up, target, isUndo } = this;
        yield* up.enter("roll: prove");
        const { proof } = up.faults;
        const isSick = !isUndo && proof?.how === "unhealthy" && this.#proofs >= proof.after;
        if (this.#failure !== undefined || isSick || containers.some(({ state }) => state !== "running")) {
            yield* abandon(up, target.color, containers);
            for (const container of containers) {
                up.world.remove(container);
                yield* up.called();
            }
            throw new ReleaseFailed("the proof failed");
        }
        this.#proofs += containers.length;
        for (const container of containers) {
            container.proved = true;
        }
        yield* up.setSlots(target.color, slotsOf(containers), "ready");
        for (const container of containers) {
            container.restart = target.release.settings.restart;
            yield* up.called();
        }
        return "up";
    }

    *#retire(slots: number[]): Generator<Step, "gone"> {
        const { up, target } = this;
        const containers = this.#at(slots);
        try {
            yield* up.enter("roll: drain");
            yield* up.setSlots(target.color, slots, "drain");
            yield* up.drain(target.color, slots);
            yield* up.enter("roll: stop");
            if (up.faults.preStop && !this.isUndo) {
                throw new ReleaseFailed("the command preStop failed");
            }
        } catch (error) {
            if (error instanceof ReleaseFailed && !(error instanceof LeaseLost)) {
                for (const slot of slots) {
                    this.#open.add(slot);
                }
                yield* this.#write();
                yield* up.setSlots(target.color, slots, "ready");
            }
            throw error;
        }
        yield* this.#vacate(containers);
        return "gone";
    }

    *#vacate(containers: Container[]): Steps {
        const { up, target } = this;
        yield* up.enter("roll: vacate");
        yield* up.setSlots(target.color, slotsOf(containers), "maint");
        for (const container of containers) {
            up.world.remove(container);
            yield* up.called();
        }
    }

    #at(slots: number[]): Container[] {
        return this.up.world.on(this.target.color).filter(({ slot }) => slots.includes(slot));
    }
}

/** All together, or each by itself. */
function grouped(slots: number[], isAtOnce: boolean): number[][] {
    return isAtOnce && slots.length > 0 ? [slots] : slots.map(slot => [slot]);
}
