import type { RollingSettings } from "../model/StrategySettings";
import type { RollingEvent, RollingStart, RollingTurn } from "./RollingTurn";

interface OldContainer {
    is: "waiting" | "leaving" | "gone";
    serving: boolean;
}

interface NewContainer {
    is: "starting" | "up" | "down" | "leaving";
    /** When it came up. Unset when it was up at the start: its grace period is over. */
    upAtMs?: number;
    /** Whether the schedule started it or found it. Else it came up by itself. */
    ordered: boolean;
}

/**
 * Decides which containers of a rolling release start and leave next. All containers that run or start at the beginning
 * are on a list, and at most `step` leave at a time. When a new container comes up, the next one on the list leaves, even
 * if nobody ordered the new one. Pure: the caller says what happens and when, and the schedule says what to do.
 *
 * Rule 1 of docs/design.md: with `startFirst` as many containers serve at any time as shall serve in the end, or as did at
 * the start when these were fewer. With `stopFirst` up to `step` fewer serve, and at least one.
 */
export class RollingSchedule {
    /** How many containers leave at a time. */
    readonly step: number;
    /** How many containers have to serve at any time. */
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
        // A service with one container would have none.
        this.#stopFirst = settings.order === "stopFirst" && replicas > 1;
        const serving = this.#serving();
        this.floor = this.#stopFirst
            ? Math.max(1, Math.min(replicas - this.step, serving))
            : Math.min(replicas, serving);
    }

    /** Says what has happened. */
    tell(event: RollingEvent, nowMs: number): void {
        const old = this.#old.get(event.slot);
        if (old === undefined || old.is === "gone") {
            this.#tellNew(event, nowMs);
        } else {
            tellOld(old, event);
        }
        this.#stopped ||= event.is === "failed";
    }

    #tellNew({ is, slot }: RollingEvent, nowMs: number): void {
        const container = this.#new.get(slot);
        if (is === "gone" || is === "failed") {
            this.#new.delete(slot);
        } else if (is === "up") {
            this.#new.set(slot, {
                ordered: container !== undefined,
                ...container,
                is: container?.is === "leaving" ? "leaving" : "up",
                upAtMs: container?.upAtMs ?? nowMs,
            });
        } else if (container?.is === "up") {
            container.is = "down";
        }
    }

    /** Says what to do now. The schedule takes it as begun. */
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

    /** Chooses the container that leaves now and marks it. */
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
        // Old containers stay until new ones are proved. An interrupted release may have left no free slot for a new one.
        const isFull = this.#staying() < this.#replicas && this.#freeSlot() === undefined;
        const mayLeave = up >= this.#replicas || isFull || (!this.#atOnce && left < up);
        return leaving < this.step && mayLeave;
    }

    /** Chooses a container of the wanted release that is one too many, because another came up by itself. */
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

    /** New containers that will probably be there at the end. */
    #staying(): number {
        return this.#new.size - this.#count("leaving");
    }

    #leaving(): number {
        return [...this.#old.values()].filter(({ is }) => is === "leaving").length + this.#count("leaving");
    }

    /** Containers in any state. */
    #present(): number {
        return [...this.#old.values()].filter(({ is }) => is !== "gone").length + this.#new.size;
    }

    /** New containers that are up and whose grace period lasts. The next container waits for them. */
    #cooling(nowMs: number): NewContainer[] {
        return [...this.#new.values()].filter(
            ({ is, upAtMs }) => is === "up" && upAtMs !== undefined && nowMs < upAtMs + this.#graceMs,
        );
    }
}

function tellOld(container: OldContainer, { is }: RollingEvent): void {
    if (is === "failed") {
        container.is = "waiting";
        return;
    }
    if (is === "gone") {
        container.is = "gone";
    }
    // It waits for its turn. No other container leaves because it is up.
    container.serving = is === "up" && container.is === "waiting";
}

function stepOf(step: RollingSettings["step"], containers: number, most: number): number {
    if (step === "service") {
        return Math.max(1, most);
    }
    return step === "half" ? Math.max(1, Math.ceil(containers / 2)) : step;
}
