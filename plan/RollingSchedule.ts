import type { RollingSettings } from "../model/StrategySettings";

/** What a rolling release begins from. A container is known by its slot. */
export interface RollingStart {
    /** The list: containers that have to leave, running or starting, in their order. */
    old: { slot: number; serving: boolean }[];
    /** Containers of the wanted release that are there already, from an interrupted run. */
    present: { slot: number; up: boolean }[];
    /** How many of the wanted release there are at the end. */
    replicas: number;
    /** Slots of the color, counted from 1. */
    slots: number;
    settings: Pick<RollingSettings, "step" | "order" | "gracePeriodMs">;
}

/** Something that has happened to the container of a slot. */
export type RollingEvent =
    /** It serves: a new one is proved, or one that was down is back. */
    | { is: "up"; slot: number }
    /** It does not serve any more, by itself. */
    | { is: "down"; slot: number }
    /** It has left: drained, stopped and removed. */
    | { is: "gone"; slot: number }
    /** A new one could not be proved, or an old one could not be stopped: the release stops. */
    | { is: "failed"; slot: number };

/** What is to be done now. */
export interface RollingTurn {
    /** Slots in which a container of the wanted release starts. */
    start: number[];
    /** Slots whose container leaves. */
    retire: number[];
    /** When to ask again although nothing has happened, where there is such a moment. */
    wakeAtMs?: number;
    state: "going" | "done" | "stopped";
}

interface OldContainer {
    is: "waiting" | "leaving" | "gone";
    serving: boolean;
}

interface NewContainer {
    is: "starting" | "up" | "down" | "leaving";
    /** When it came up; unknown where that was before the start, so that its grace period is over. */
    upAtMs?: number;
    /** Whether it was begun here, or was there, or came by itself. */
    ordered: boolean;
}

/**
 * Who goes next in a rolling release, as the Tutum script decides it: everything that runs or starts at its start is on a
 * list; at most `step` go at a time; the next one goes when a new one comes up, one that nobody ordered included. Pure: it
 * is told what happens and when, and says what to do.
 *
 * Rule 1 of docs/design.md: with `startFirst` as many serve at any time as shall serve in the end (or as did at the
 * start, where that was less), with `stopFirst` up to `step` fewer, and at least one.
 */
export class RollingSchedule {
    /** How many go at a time. */
    readonly step: number;
    /** How many must serve at any time. */
    readonly floor: number;
    readonly #replicas: number;
    readonly #slots: number;
    readonly #graceMs: number;
    readonly #stopFirst: boolean;
    readonly #atOnce: boolean;
    readonly #most: number;
    readonly #old = new Map<number, OldContainer>();
    readonly #new = new Map<number, NewContainer>();
    #stopped = false;

    constructor({ old, present, replicas, slots, settings }: RollingStart) {
        for (const { slot, serving } of old) {
            this.#old.set(slot, { is: "waiting", serving });
        }
        for (const { slot, up } of present) {
            this.#new.set(slot, { is: up ? "up" : "starting", ordered: true });
        }
        this.#replicas = replicas;
        this.#slots = slots;
        this.#most = Math.max(replicas, old.length);
        this.#atOnce = settings.step === "service";
        this.#graceMs = this.#atOnce ? 0 : settings.gracePeriodMs;
        this.step = stepOf(settings.step, old.length || replicas, this.#most);
        // Stopping the only one first would leave none.
        this.#stopFirst = settings.order === "stopFirst" && replicas > 1;
        const serving = this.#serving();
        this.floor = this.#stopFirst
            ? Math.max(1, Math.min(replicas - this.step, serving))
            : Math.min(replicas, serving);
    }

    /** Tells what has happened. */
    tell(event: RollingEvent, nowMs: number): void {
        const { slot } = event;
        const old = this.#old.get(slot);
        const known = old?.is === "gone" ? undefined : old;
        const container = this.#new.get(slot);
        switch (event.is) {
            case "up":
                if (known !== undefined) {
                    // On the list: it waits for its turn, and nobody goes for it.
                    known.serving = known.is === "waiting";
                } else {
                    this.#new.set(slot, {
                        ordered: container !== undefined,
                        ...container,
                        is: container?.is === "leaving" ? "leaving" : "up",
                        upAtMs: container?.upAtMs ?? nowMs,
                    });
                }
                break;
            case "down":
                if (known !== undefined) {
                    known.serving = false;
                } else if (container?.is === "up") {
                    container.is = "down";
                }
                break;
            case "gone":
                if (known !== undefined) {
                    known.is = "gone";
                    known.serving = false;
                } else {
                    this.#new.delete(slot);
                }
                break;
            case "failed":
                this.#stopped = true;
                if (known !== undefined) {
                    known.is = "waiting";
                } else {
                    this.#new.delete(slot);
                }
        }
    }

    /** What is to be done now. What it says is taken for begun. */
    next(nowMs: number): RollingTurn {
        const start: number[] = [];
        const retire: number[] = [];
        if (this.#stopped) {
            return { start, retire, state: "stopped" };
        }
        for (let slot = this.#nextToStart(nowMs); slot !== undefined; slot = this.#nextToStart(nowMs)) {
            this.#new.set(slot, { is: "starting", ordered: true });
            start.push(slot);
        }
        for (let slot = this.#nextToRetire(nowMs); slot !== undefined; slot = this.#nextToRetire(nowMs)) {
            retire.push(slot);
        }
        const cooling = this.#cooling(nowMs).map(({ upAtMs = 0 }) => upAtMs + this.#graceMs);
        return {
            start,
            retire,
            wakeAtMs: cooling.length === 0 ? undefined : Math.min(...cooling),
            state: this.#isDone() ? "done" : "going",
        };
    }

    #nextToStart(nowMs: number): number | undefined {
        const isRoom = this.#present() < this.#most + (this.#stopFirst ? 0 : 2 * this.step);
        const isTurn = this.#starting() + this.#cooling(nowMs).length < this.step;
        return isRoom && isTurn && this.#staying() < this.#replicas ? this.#freeSlot() : undefined;
    }

    /** Marks the one that leaves now. */
    #nextToRetire(nowMs: number): number | undefined {
        const leaving = this.#leaving();
        const waiting = [...this.#old].filter(([, { is }]) => is === "waiting");
        const [next] = [...waiting.filter(([, { serving }]) => !serving), ...waiting];
        if (next === undefined) {
            return this.#surplus();
        }
        const [slot, container] = next;
        if (!this.#isTurnToRetire(leaving, nowMs) || (container.serving && this.#serving() - 1 < this.floor)) {
            return undefined;
        }
        container.is = "leaving";
        container.serving = false;
        return slot;
    }

    #isTurnToRetire(leaving: number, nowMs: number): boolean {
        if (this.#stopFirst) {
            return leaving + this.#starting() + this.#cooling(nowMs).length < this.step;
        }
        const up = this.#up();
        const left = [...this.#old.values()].filter(({ is }) => is !== "waiting").length;
        // Old ones stay until new ones are proved, unless an interrupted release has left no room for a new one.
        const isFull = this.#staying() < this.#replicas && this.#freeSlot() === undefined;
        const mayLeave = up >= this.#replicas || isFull || (!this.#atOnce && left < up);
        return leaving < this.step && mayLeave;
    }

    /** One more of the wanted release than there shall be came up by itself: it leaves in the end. */
    #surplus(): number | undefined {
        const up = [...this.#new].filter(([, { is }]) => is === "up");
        const isLast = [...this.#old.values()].every(({ is }) => is !== "waiting");
        if (!isLast || up.length <= this.#replicas) {
            return undefined;
        }
        const [slot, container] = up.find(([, { ordered }]) => !ordered) ?? up.at(-1)!;
        container.is = "leaving";
        return slot;
    }

    #isDone(): boolean {
        const isOld = [...this.#old.values()].some(({ is }) => is !== "gone");
        return !isOld && this.#up() === this.#replicas && this.#new.size === this.#replicas;
    }

    #freeSlot(): number | undefined {
        for (let slot = 1; slot <= this.#slots; slot++) {
            const isTaken = this.#new.has(slot) || (this.#old.get(slot)?.is ?? "gone") !== "gone";
            if (!isTaken) {
                return slot;
            }
        }
        return undefined;
    }

    #serving(): number {
        return [...this.#old.values()].filter(({ serving }) => serving).length + this.#up();
    }

    #up(): number {
        return this.#count("up");
    }

    #starting(): number {
        return this.#count("starting");
    }

    #count(what: NewContainer["is"]): number {
        return [...this.#new.values()].filter(({ is }) => is === what).length;
    }

    /** New ones that will be there at the end, as it looks now. */
    #staying(): number {
        return this.#new.size - this.#count("leaving");
    }

    #leaving(): number {
        return [...this.#old.values()].filter(({ is }) => is === "leaving").length + this.#count("leaving");
    }

    /** Containers that are there, in whatever state. */
    #present(): number {
        return [...this.#old.values()].filter(({ is }) => is !== "gone").length + this.#new.size;
    }

    /** New ones that are up, while their grace period keeps the next one from going. */
    #cooling(nowMs: number): NewContainer[] {
        return [...this.#new.values()].filter(
            ({ is, upAtMs }) => is === "up" && upAtMs !== undefined && nowMs < upAtMs + this.#graceMs,
        );
    }
}

function stepOf(step: RollingSettings["step"], containers: number, most: number): number {
    if (step === "service") {
        return Math.max(1, most);
    }
    return step === "half" ? Math.max(1, Math.ceil(containers / 2)) : step;
}

/** What a rolling release does when everything goes well: what each turn starts, and what leaves at the same time. */
export function rehearse(start: RollingStart): Pick<RollingTurn, "start" | "retire">[] {
    const schedule = new RollingSchedule(start);
    const turns: Pick<RollingTurn, "start" | "retire">[] = [];
    let nowMs = 1;
    let proving = start.present.filter(({ up }) => !up).map(({ slot }) => slot);
    for (;;) {
        const turn = schedule.next(nowMs);
        if (turn.start.length + turn.retire.length > 0) {
            turns.push({ start: turn.start, retire: turn.retire });
        } else if (turn.state !== "going" || (turn.wakeAtMs === undefined && proving.length === 0)) {
            return turns;
        }
        nowMs = Math.max(nowMs + 1, turn.wakeAtMs ?? 0);
        for (const slot of turn.retire) {
            schedule.tell({ is: "gone", slot }, nowMs);
        }
        for (const slot of [...turn.start, ...proving]) {
            schedule.tell({ is: "up", slot }, nowMs);
        }
        proving = [];
    }
}
