import { seconds } from "../model/words";
import type { Clock } from "./Clock";

/** Measures `minHealthyTime`. A break starts it again. An answer is asked for at its start and at its end. */
export class HealthyClock {
    #sinceMs: number | undefined;
    #downs: number | undefined;
    #breaks = 0;
    #isDone = false;

    constructor(
        private readonly clock: Clock,
        private readonly minHealthyMs: number,
    ) {}

    /** Whether the containers were healthy for long enough. */
    get isDone(): boolean {
        return this.#isDone;
    }

    /** When the time is over, should nothing break it; undefined while it does not run. */
    get endMs(): number | undefined {
        return this.#sinceMs === undefined ? undefined : this.#sinceMs + this.minHealthyMs;
    }

    /** The containers are not healthy now. */
    stop(): void {
        this.#breaks += this.#sinceMs === undefined ? 0 : 1;
        this.#sinceMs = undefined;
        this.#downs = undefined;
    }

    /**
     * HAProxy counts how often a server went down: one that is back by now has been away all the same.
     * @returns what the interruption was; undefined where there was none since the last call
     */
    interruptedBy(downs: number): string | undefined {
        const before = this.#downs;
        this.#downs = downs;
        return before !== undefined && downs !== before ? "a server went down and came back" : undefined;
    }

    needsAnswer(): boolean {
        return this.endMs === undefined || this.clock.nowMs() >= this.endMs;
    }

    /** The containers are healthy now. @returns for how long, in words */
    tick(): string {
        const nowMs = this.clock.nowMs();
        this.#sinceMs ??= nowMs;
        const healthyMs = nowMs - this.#sinceMs;
        this.#isDone = healthyMs >= this.minHealthyMs;
        const text = `healthy for ${seconds(Math.min(healthyMs, this.minHealthyMs))} of ${seconds(this.minHealthyMs)}`;
        return this.#breaks === 0 ? text : `${text}, after ${this.#breaks} breaks`;
    }
}
