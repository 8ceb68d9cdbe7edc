import { VirtualClock } from "./VirtualClock";

/** Where a simulated process stands after it went on. */
export type Stand<Step, Result> =
    /** The call that goes on next waits at this step. */
    { is: "waiting"; step: Step | "sleep" } | { is: "done"; result: Result } | { is: "failed"; error: unknown };

interface Waiting<Step> {
    step: Step | "sleep";
    /** By the virtual clock, milliseconds. A call that does not sleep is due at once. */
    dueMs: number;
    goOn: () => void;
}

/**
 * Runs an async function, the simulated process, call by call. Each simulated call of that function waits at a step until
 * the driver lets it go on, so that the same choices of the driver always give the same run. Several calls may wait at
 * once. The function may wait for nothing else: a timer or real I/O of its own is an error.
 */
export class Scheduler<Step, Result = void> {
    #waiting: Waiting<Step>[] = [];
    #next: Waiting<Step> | undefined;
    #run: (() => Promise<Result>) | undefined;
    #end: Exclude<Stand<Step, Result>, { is: "waiting" }> | undefined;
    #isKilled = false;

    constructor(private readonly clock = new VirtualClock()) {}

    // What the simulated process calls.

    /** Waits at a step until the driver lets this call go on. */
    step(step: Step): Promise<void> {
        return new Promise(goOn => this.#wait({ step, dueMs: 0, goOn }));
    }

    /**
     * Waits until the virtual clock has gone on by so many milliseconds.
     * @param wake ends the wait early. @default it does not end early
     */
    sleep(ms: number, wake?: Promise<unknown>): Promise<void> {
        return new Promise(goOn => {
            const sleeper: Waiting<Step> = { step: "sleep", dueMs: this.clock.nowMs + ms, goOn };
            this.#wait(sleeper);
            const wakeUp = () => {
                if (this.#remove(sleeper)) {
                    goOn();
                }
            };
            wake?.then(wakeUp, wakeUp);
        });
    }

    // What the driver calls.

    /** Makes this function the simulated process. Its first line runs with the first `next`. */
    start(run: () => Promise<Result>): this {
        this.#run = run;
        return this;
    }

    /**
     * Lets the call go on whose step the last `next` returned, until every call of the process waits again.
     * @param choice which of the calls that wait then goes on next: its index, modulo their number
     * @throws Error if the process waits for something that is not simulated
     */
    async next(choice = 0): Promise<Stand<Step, Result>> {
        if (this.#isKilled) {
            throw new Error("a killed process cannot go on");
        }
        this.#goOn();
        await quiescence();
        if (this.#end !== undefined) {
            return this.#end;
        }
        this.#next = this.#choose(choice);
        return { is: "waiting", step: this.#next.step };
    }

    /** How many calls wait. Calls that still wait at the end of the function are calls that nobody awaits. */
    get waiting(): number {
        return this.#waiting.length;
    }

    /** The process dies: no call of its ever goes on. */
    kill(): void {
        this.#isKilled = true;
        this.#waiting = [];
        this.#next = undefined;
    }

    #wait(call: Waiting<Step>): void {
        if (!this.#isKilled) {
            this.#waiting.push(call);
        }
    }

    #goOn(): void {
        const call = this.#next;
        const run = this.#run;
        if (run !== undefined) {
            this.#run = undefined;
            run().then(
                result => {
                    this.#end = { is: "done", result };
                },
                error => {
                    this.#end = { is: "failed", error };
                },
            );
        } else if (call !== undefined && this.#remove(call)) {
            this.clock.nowMs = Math.max(this.clock.nowMs, call.dueMs);
            call.goOn();
        }
    }

    /** @returns whether that call still waited. */
    #remove(call: Waiting<Step>): boolean {
        const index = this.#waiting.indexOf(call);
        if (index >= 0) {
            this.#waiting.splice(index, 1);
        }
        return index >= 0;
    }

    /** Time passes only where every call sleeps. */
    #choose(choice: number): Waiting<Step> {
        const earliestMs = Math.min(...this.#waiting.map(({ dueMs }) => dueMs));
        const nowMs = Math.max(this.clock.nowMs, earliestMs);
        const ready = this.#waiting.filter(({ dueMs }) => dueMs <= nowMs);
        const next = ready[choice % ready.length];
        if (next === undefined) {
            throw new Error("the process waits for something that is not simulated");
        }
        return next;
    }
}

/**
 * Resolves when all microtasks have run, and those that they have queued: Node empties that queue before it runs the next
 * callback of `process.nextTick` (https://nodejs.org/api/process.html#when-to-use-queuemicrotask-vs-processnexttick).
 */
function quiescence(): Promise<void> {
    // Inside a callback of nextTick, others come before the microtasks. From a microtask on they come after them.
    return new Promise(resolve => Promise.resolve().then(() => process.nextTick(resolve)));
}
