import { RollingSchedule } from "../../plan/RollingSchedule";
import type { RollingEvent, RollingStart } from "../../plan/RollingTurn";

/** How long everything takes on the virtual clock, milliseconds. */
export interface Times {
    /** From the order to start a new container until it is proved. */
    up(): number;
    /** From the order to leave until it is removed. */
    gone(): number;
}

/** The life of one container, by the virtual clock. */
export interface Life {
    slot: number;
    isNew: boolean;
    orderedAtMs?: number;
    upAtMs?: number;
    leftAtMs?: number;
    goneAtMs?: number;
    isDown?: boolean;
}

/** Something that the schedule did not order: an event, or a container that is down for a while. */
export type Surprise = { atMs: number } & ({ event: RollingEvent } | { dip: { slot: number; lastsMs: number } });

/** Called after every turn, with the containers that it ordered to leave. */
export type Look = (roll: VirtualRoll, retired: { life: Life; served: boolean }[]) => void;

/** A rolling release on a virtual clock. Each order takes its time, and surprises come in between. */
export class VirtualRoll {
    readonly schedule: RollingSchedule;
    /** The containers that exist, by slot. */
    readonly lives = new Map<number, Life>();
    /** All containers, also those whose slot has another one now. */
    readonly all: Life[] = [];
    /** When the last container came up or was gone. */
    endedAtMs = 0;
    state: "going" | "done" | "stopped" = "going";
    readonly #queue: { atMs: number; happens: () => void }[] = [];

    constructor(
        start: RollingStart,
        private readonly times: Times,
        private readonly look: Look = () => {},
    ) {
        this.schedule = new RollingSchedule(start);
        for (const { slot, serving } of start.old) {
            this.#add({ slot, isNew: false, upAtMs: serving ? 0 : undefined });
        }
        for (const { slot, up } of start.present) {
            const life = this.#add({ slot, isNew: true, orderedAtMs: 0, upAtMs: up ? 0 : undefined });
            if (!up) {
                this.#comesUp(times.up(), life);
            }
        }
    }

    /** How many serve now. */
    get serving(): number {
        return [...this.lives.values()].filter(serves).length;
    }

    run(surprises: Surprise[] = []): this {
        for (const surprise of surprises) {
            this.#surprise(surprise);
        }
        for (let nowMs = 0, turns = 0; ; turns++) {
            const { start, retire, wakeAtMs = Number.POSITIVE_INFINITY, state } = this.schedule.next(nowMs);
            this.state = state;
            for (const slot of start) {
                this.#comesUp(nowMs + this.times.up(), this.#add({ slot, isNew: true, orderedAtMs: nowMs }));
            }
            const retired = retire.map(slot => {
                const life = this.lives.get(slot)!;
                const served = serves(life);
                life.leftAtMs = nowMs;
                this.#isGone(nowMs + this.times.gone(), life);
                return { life, served };
            });
            this.look(this, retired);
            const nextAtMs = Math.min(this.#queue[0]?.atMs ?? Number.POSITIVE_INFINITY, wakeAtMs);
            if (state !== "going" || nextAtMs === Number.POSITIVE_INFINITY) {
                return this;
            }
            if (turns > 10_000) {
                throw new Error("it does not end");
            }
            nowMs = nextAtMs;
            while (this.#queue[0] !== undefined && this.#queue[0].atMs <= nowMs) {
                this.#queue.shift()!.happens();
            }
        }
    }

    #surprise({ atMs, ...surprise }: Surprise): void {
        this.#at(atMs, () => {
            if ("event" in surprise) {
                const { is, slot } = surprise.event;
                const life = this.lives.get(slot) ?? (is === "up" ? this.#add({ slot, isNew: true }) : undefined);
                if (is === "up" && life !== undefined) {
                    life.upAtMs ??= atMs;
                    life.isDown = false;
                }
                this.schedule.tell(surprise.event, atMs);
                return;
            }
            const { slot, lastsMs } = surprise.dip;
            const life = this.lives.get(slot);
            if (life !== undefined && serves(life)) {
                life.isDown = true;
                this.schedule.tell({ is: "down", slot }, atMs);
                this.#at(atMs + lastsMs, () => {
                    life.isDown = false;
                    if (serves(life)) {
                        this.schedule.tell({ is: "up", slot }, atMs + lastsMs);
                    }
                });
            }
        });
    }

    #comesUp(atMs: number, life: Life): void {
        this.#at(atMs, () => {
            life.upAtMs ??= atMs;
            this.endedAtMs = atMs;
            this.schedule.tell({ is: "up", slot: life.slot }, atMs);
        });
    }

    #isGone(atMs: number, life: Life): void {
        this.#at(atMs, () => {
            life.goneAtMs = atMs;
            this.lives.delete(life.slot);
            this.endedAtMs = atMs;
            this.schedule.tell({ is: "gone", slot: life.slot }, atMs);
        });
    }

    #add(life: Life): Life {
        this.lives.set(life.slot, life);
        this.all.push(life);
        return life;
    }

    #at(atMs: number, happens: () => void): void {
        this.#queue.push({ atMs, happens });
        this.#queue.sort((a, b) => a.atMs - b.atMs);
    }
}

function serves({ upAtMs, leftAtMs, isDown }: Life): boolean {
    return upAtMs !== undefined && leftAtMs === undefined && isDown !== true;
}
