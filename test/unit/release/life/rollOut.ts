import type { Color } from "../../../../model/Color";
import type { RollIntent } from "../../../../model/Intent";
import { heldSlots, hooksBefore, linkedTo } from "../../../../model/Record";
import type { RecordedRelease } from "../../../../model/Release";
import type { RollingSettings } from "../../../../model/StrategySettings";
import { RollingSchedule } from "../../../../plan/RollingSchedule";
import { rollTo } from "../../../../plan/RollPlan";
import { abandon, configureBackend, declaredHooks, open, openOnly, slotsOf } from "./deploy";
import { ReleaseFailed, type SimulatedUp, type Step } from "./SimulatedUp";
import type { Container } from "./SimulatedWorld";

/** What the containers of a live color are to become, and how. */
export interface Target {
    color: Color;
    release: RecordedRelease;
    replicas: number;
    settings: RollingSettings;
}

/** The live color becomes a release container by container, as up/RollingDeployment.ts does it. */
export async function rollOut(up: SimulatedUp, target: Target): Promise<void> {
    const { world } = up;
    const { color, release, replicas } = target;
    const before = world.record.releases[world.record[color].release ?? ""];
    const { replicas: replicasBefore } = world.record[color];
    await up.enter("roll: intent");
    await intend(up, target, up.made.promotion);
    const problem = await new Pass(up, target, false).run();
    if (problem === undefined) {
        const slots = await settle(up, color, release);
        if (up.faults.confirm !== "good") {
            up.strikes(`confirm: ${up.faults.confirm}`);
            throw new ReleaseFailed("that every container is of the new release could not be confirmed");
        }
        await up.enter("roll: done");
        world.history.baked.add(release.id);
        world.history.rolledBack.delete(release.id);
        await up.write(record => ({
            ...linkedTo(record, color, release, { at: "now", by: "us" }),
            [color]: { ...record[color], release: release.id, replicas, slots: heldSlots(slots) },
        }));
        return;
    }
    if (before === undefined || before.id === release.id || replicasBefore === 0) {
        throw problem;
    }
    await up.enter("roll: undo");
    await intend(up, { ...target, release: before, replicas: replicasBefore }, undefined);
    const second = await new Pass(up, { ...target, release: before, replicas: replicasBefore }, true).run();
    if (second === undefined) {
        await settle(up, color, before);
        await up.write(record => ({ ...record, intent: undefined }));
    }
    throw problem;
}

async function settle(up: SimulatedUp, color: Color, release: RecordedRelease): Promise<number[]> {
    await up.enter("roll: end");
    const slots = slotsOf(up.world.on(color));
    await configureBackend(up, color, release, slots);
    await openOnly(up, color, slots);
    return slots;
}

async function intend(
    up: SimulatedUp,
    { color, release, replicas, settings }: Target,
    promotion?: number,
): Promise<void> {
    const held = up.world.on(color).map(container => container.release);
    await up.write(record => {
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

type Result = "up" | "gone";
type State = { step: Step } | { is: Result };

/** Something under way beside others, which goes on step by step as the pass says. */
class Task {
    #goOn = () => this.#begin();
    #report: (state: State | Promise<State>) => void = () => {};

    constructor(
        readonly slots: number[],
        private readonly up: SimulatedUp,
        private readonly act: () => Promise<Result>,
    ) {}

    /** Goes on to its next step. @returns that step, or what came of it. */
    async next(): Promise<State> {
        try {
            return await new Promise(report => {
                this.#report = report;
                this.up.pauseInstead = step =>
                    new Promise(goOn => {
                        this.#goOn = goOn;
                        this.#report({ step });
                    });
                this.#goOn();
            });
        } finally {
            this.up.pauseInstead = undefined;
        }
    }

    #begin(): void {
        this.act().then(
            is => this.#report({ is }),
            error => this.#report(Promise.reject(error)),
        );
    }
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

    async run(): Promise<ReleaseFailed | undefined> {
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
        await this.#write();
        if (discard.length > 0) {
            const gone = up.world.on(color).filter(({ slot }) => discard.includes(slot));
            await up.setSlots(color, discard, "drain");
            await up.drain(color, discard);
            await this.#vacate(gone);
        }
        for (const { slot } of start.present.filter(({ up }) => !up)) {
            const containers = this.#at([slot]);
            this.#do([slot], () => this.#prove(containers));
        }
        for (let turn = up.faults.order; ; turn++) {
            this.#look(schedule);
            const next = schedule.next(++this.#nowMs);
            for (const slot of next.retire) {
                this.#open.delete(slot);
                this.#known.delete(slot);
            }
            await this.#write();
            const isAtOnce = settings.step === "service";
            for (const slots of grouped(next.start, isAtOnce)) {
                this.#do(slots, () => this.#start(slots));
            }
            for (const slots of grouped(next.retire, isAtOnce)) {
                this.#do(slots, () => this.#retire(slots));
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
            await this.#step(schedule, this.#tasks[turn % this.#tasks.length]!);
        }
    }

    #do(slots: number[], act: () => Promise<Result>): void {
        this.#tasks.push(new Task(slots, this.up, act));
    }

    /** One task goes on by one step. */
    async #step(schedule: RollingSchedule, task: Task): Promise<void> {
        try {
            const state = await task.next();
            if ("step" in state) {
                await this.up.pause(state.step);
                return;
            }
            for (const slot of task.slots) {
                schedule.tell({ is: state.is, slot }, this.#nowMs);
                if (state.is === "up") {
                    this.#known.set(slot, true);
                    this.#open.add(slot);
                }
            }
        } catch (error) {
            if (!(error instanceof ReleaseFailed)) {
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

    async #write(): Promise<void> {
        const slots = [...this.#open].sort((a, b) => a - b);
        if (slots.join() !== this.#written) {
            await this.up.enter("roll: file");
            await open(this.up, this.target.color, slots);
            await this.up.setSlots(this.target.color, slots, "ready");
            this.#written = slots.join();
        }
    }

    async #start(slots: number[]): Promise<"up"> {
        const { up, target } = this;
        await up.enter("roll: start");
        const { proof } = up.faults;
        if (!this.isUndo && proof?.how === "cannot start" && this.#proofs >= proof.after) {
            up.strikes("proof: cannot start");
            throw new ReleaseFailed("a container cannot be started");
        }
        for (const slot of slots) {
            const made = up.world.create(target.color, slot, target.release);
            await up.called();
            made.state = "running";
            await up.called();
        }
        return await this.#prove(this.#at(slots));
    }

    async #prove(containers: Container[]): Promise<"up"> {
        const { up, target, isUndo } = this;
        await up.enter("roll: prove");
        const { proof } = up.faults;
        const isSick = !isUndo && proof?.how === "unhealthy" && this.#proofs >= proof.after;
        if (isSick) {
            up.strikes("proof: unhealthy");
        }
        if (this.#failure !== undefined || isSick || containers.some(({ state }) => state !== "running")) {
            await abandon(up, target.color, containers);
            for (const container of containers) {
                up.world.remove(container);
                await up.called();
            }
            throw new ReleaseFailed("the proof failed");
        }
        this.#proofs += containers.length;
        for (const container of containers) {
            container.proved = true;
        }
        await up.setSlots(target.color, slotsOf(containers), "ready");
        for (const container of containers) {
            container.restart = target.release.settings.restart;
            await up.called();
        }
        return "up";
    }

    async #retire(slots: number[]): Promise<"gone"> {
        const { up, target } = this;
        const containers = this.#at(slots);
        try {
            await up.enter("roll: drain");
            await up.setSlots(target.color, slots, "drain");
            await up.drain(target.color, slots);
            await up.enter("roll: stop");
            if (up.faults.preStop && !this.isUndo) {
                up.strikes("preStop fails");
                throw new ReleaseFailed("the command preStop failed");
            }
        } catch (error) {
            if (error instanceof ReleaseFailed) {
                for (const slot of slots) {
                    this.#open.add(slot);
                }
                await this.#write();
                await up.setSlots(target.color, slots, "ready");
            }
            throw error;
        }
        await this.#vacate(containers);
        return "gone";
    }

    async #vacate(containers: Container[]): Promise<void> {
        const { up, target } = this;
        await up.enter("roll: vacate");
        await up.setSlots(target.color, slotsOf(containers), "maint");
        for (const container of containers) {
            up.world.remove(container);
            await up.called();
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
