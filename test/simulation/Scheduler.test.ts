import { describe, expect, it } from "vitest";
import { Scheduler, type Stand } from "./Scheduler";
import { VirtualClock } from "./VirtualClock";

/** Lets a process go on to its end. @returns the steps at which it waited, and its end. */
async function steps<Result>(scheduler: Scheduler<string, Result>, choices: number[] = []) {
    const seen: (string | Stand<string, Result>)[] = [];
    for (let turn = 0; ; turn++) {
        const stand = await scheduler.next(choices[turn]);
        if (stand.is !== "waiting") {
            return [...seen, stand];
        }
        seen.push(stand.step);
    }
}

/** Reaches the microtask queue again so many times. */
async function microtasks(count: number): Promise<void> {
    for (let done = 0; done < count; done++) {
        await undefined;
    }
}

describe("a simulated process", () => {
    it("waits at each of its calls, and does nothing before it is let go on", async () => {
        const done: string[] = [];
        const scheduler = new Scheduler<string, number>();
        scheduler.start(async () => {
            done.push("begins");
            await scheduler.step("one");
            done.push("after one");
            await scheduler.step("two");
            done.push("after two");
            return 2;
        });
        await microtasks(5);
        expect(done).toEqual([]);
        expect(await scheduler.next()).toEqual({ is: "waiting", step: "one" });
        await microtasks(5);
        expect(done).toEqual(["begins"]);
        expect(await scheduler.next()).toEqual({ is: "waiting", step: "two" });
        expect(done).toEqual(["begins", "after one"]);
        expect(await scheduler.next()).toEqual({ is: "done", result: 2 });
        expect(done).toEqual(["begins", "after one", "after two"]);
    });

    it("reaches its next call however many microtasks that takes, wherever the driver was called", async () => {
        const scheduler = new Scheduler<string>();
        scheduler.start(async () => {
            for (const step of ["one", "two", "three", "four"]) {
                await microtasks(1_000);
                await Promise.all([microtasks(500), Promise.resolve().then(() => microtasks(700))]);
                await scheduler.step(step);
            }
        });
        const next = () => scheduler.next();
        const stands = [
            await next(),
            await new Promise(resolve => setImmediate(() => resolve(next()))),
            // Node runs callbacks of nextTick that one of them adds before it runs microtasks.
            await new Promise(resolve => process.nextTick(() => resolve(next()))),
            await new Promise(resolve => queueMicrotask(() => resolve(next()))),
        ];
        expect(stands).toEqual(["one", "two", "three", "four"].map(step => ({ is: "waiting", step })));
    });

    it("fails with what its function throws, at once or behind a call", async () => {
        const error = new Error("no");
        const first = new Scheduler<string>();
        expect(await steps(first.start(() => Promise.reject(error)))).toEqual([{ is: "failed", error }]);
        const second = new Scheduler<string>();
        second.start(async () => {
            await second.step("one");
            throw error;
        });
        expect(await steps(second)).toEqual(["one", { is: "failed", error }]);
    });

    it("never goes on once it is killed, not even with what it would do in the end", async () => {
        let isCleanedUp = false;
        const scheduler = new Scheduler<string>();
        scheduler.start(async () => {
            try {
                await scheduler.step("one");
            } finally {
                isCleanedUp = true;
            }
        });
        await scheduler.next();
        scheduler.kill();
        await expect(scheduler.next()).rejects.toThrow("a killed process cannot go on");
        await microtasks(5);
        expect(isCleanedUp).toBe(false);
    });

    it("may wait for nothing that is not simulated", async () => {
        const scheduler = new Scheduler<string>();
        scheduler.start(() => new Promise(resolve => setImmediate(resolve)));
        await expect(scheduler.next()).rejects.toThrow("waits for something that is not simulated");
    });
});

describe("of calls that wait at once", () => {
    async function run(...choices: number[]) {
        const scheduler = new Scheduler<string>();
        const call = async (name: string) => {
            await scheduler.step(`${name}1`);
            await scheduler.step(`${name}2`);
        };
        scheduler.start(async () => {
            await Promise.all([call("a"), call("b"), call("c")]);
        });
        const seen = await steps(scheduler, choices);
        return seen.slice(0, -1).join(" ");
    }

    it("the driver chooses which one goes on, and every order can be had", async () => {
        expect(await run()).toBe("a1 b1 c1 a2 b2 c2");
        expect(await run(0, 2, 1, 1)).toBe("a1 a2 c1 c2 b1 b2");
        expect(await run(2, 2, 0, 1)).toBe("c1 c2 a1 a2 b1 b2");
    });

    it("it is the same one for the same choices, and choices go round", async () => {
        expect(await run(5, 5, 4, 7)).toBe(await run(2, 2, 0, 1));
    });

    it("those are counted that still wait when the function has ended", async () => {
        const scheduler = new Scheduler<string>();
        scheduler.start(async () => {
            await Promise.race([scheduler.step("fast"), scheduler.step("slow")]);
        });
        expect(await steps(scheduler)).toEqual(["fast", { is: "done", result: undefined }]);
        expect(scheduler.waiting).toBe(1);
    });
});

describe("virtual time", () => {
    it("passes only where nothing but sleepers waits, and goes to the earliest one", async () => {
        const clock = new VirtualClock();
        const scheduler = new Scheduler<string>(clock);
        const log: string[] = [];
        const sleep = async (ms: number) => {
            await scheduler.sleep(ms);
            log.push(`${clock.nowMs}: slept ${ms}`);
        };
        scheduler.start(async () => {
            await Promise.all([
                sleep(500),
                sleep(20),
                (async () => {
                    await scheduler.step("call");
                    log.push(`${clock.nowMs}: called`);
                    await sleep(30);
                })(),
            ]);
        });
        expect((await steps(scheduler)).slice(0, -1)).toEqual(["call", "sleep", "sleep", "sleep"]);
        expect(log).toEqual(["0: called", "20: slept 20", "30: slept 30", "500: slept 500"]);
    });

    it("is one for several processes: what another slept through is over", async () => {
        const clock = new VirtualClock();
        const [first, second] = [new Scheduler<string>(clock), new Scheduler<string>(clock)];
        first.start(() => first.sleep(100));
        second.start(() => second.sleep(1_000));
        await first.next();
        await steps(second);
        await steps(first);
        expect(clock.nowMs).toBe(1_000);
    });

    it("does not pass where something else ends a sleep early", async () => {
        const clock = new VirtualClock();
        const scheduler = new Scheduler<string>(clock);
        scheduler.start(async () => {
            await scheduler.sleep(60_000, scheduler.step("call"));
            await scheduler.sleep(60_000, Promise.reject(new Error("woken by a failure")));
            await scheduler.sleep(10, new Promise(() => {}));
        });
        expect(await steps(scheduler)).toEqual(["call", "sleep", { is: "done", result: undefined }]);
        expect([clock.nowMs, scheduler.waiting]).toEqual([10, 0]);
    });

    it("does not wake a process that was killed while it slept", async () => {
        let isAwake = false;
        const scheduler = new Scheduler<string>();
        let wake = () => {};
        scheduler.start(async () => {
            await scheduler.sleep(
                10,
                new Promise<void>(resolve => {
                    wake = resolve;
                }),
            );
            isAwake = true;
        });
        await scheduler.next();
        scheduler.kill();
        wake();
        await microtasks(5);
        expect(isAwake).toBe(false);
    });
});
