import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RollingStart } from "../../../plan/RollingTurn";
import { rehearse } from "../../../plan/rehearse";
import { type Look, type Surprise, VirtualRoll } from "../../support/VirtualRoll";

/** `count` serving containers in the first slots, and as many slots again. */
function rolling(count: number, change: Partial<RollingStart["settings"]> = {}, replicas = count): RollingStart {
    return {
        old: Array.from({ length: count }, (_, index) => ({ slot: index + 1, serving: true })),
        present: [],
        replicas,
        slots: 2 * Math.max(count, replicas),
        settings: { step: 1, order: "startFirst", gracePeriodMs: 0, ...change },
    };
}

const times = { up: () => 10_000, gone: () => 1_000 };

function turns(start: RollingStart): string[] {
    return rehearse(start).map(({ start, retire }) => `+${start.join(",")} -${retire.join(",")}`);
}

describe("a rolling release", () => {
    it("starts one new container, and when that is up, one old one leaves and the next one starts", () => {
        expect(turns(rolling(3))).toEqual(["+4 -", "+5 -1", "+1 -2", "+ -3"]);
    });

    it("stops an old one first with stopFirst, and starts the new one in its slot", () => {
        expect(turns(rolling(3, { order: "stopFirst" }))).toEqual(["+ -1", "+1 -", "+ -2", "+2 -", "+ -3", "+3 -"]);
    });

    it("goes by halves, rounded up", () => {
        expect(turns(rolling(4, { step: "half" }))).toEqual(["+5,6 -", "+7,8 -1,2", "+ -3,4"]);
        expect(turns(rolling(3, { step: "half" }))).toEqual(["+4,5 -", "+6 -1,2", "+ -3"]);
    });

    it("doubles the containers with step service, and no old one leaves before all new ones are up", () => {
        expect(turns(rolling(3, { step: "service" }))).toEqual(["+4,5,6 -", "+ -1,2,3"]);
        let starts = 0;
        const slow = new VirtualRoll(rolling(3, { step: "service" }), { ...times, up: () => ++starts * 10_000 }).run();
        expect(slow.all.filter(({ isNew }) => !isNew).map(({ leftAtMs }) => leftAtMs)).toEqual([
            30_000, 30_000, 30_000,
        ]);
    });

    it("waits for the grace period before the next one leaves, except with step service", () => {
        const end = (settings: Partial<RollingStart["settings"]>) =>
            new VirtualRoll(rolling(3, settings), times).run().endedAtMs;
        expect(end({})).toBe(31_000);
        expect(end({ gracePeriodMs: 5_000 })).toBe(41_000);
        expect(end({ gracePeriodMs: 5_000, step: "service" })).toBe(11_000);
        expect(end({ gracePeriodMs: 5_000, order: "stopFirst" })).toBe(43_000);
    });

    it("scales at the same time, and removes no old one before its new one is up", () => {
        expect(turns(rolling(1, {}, 3))).toEqual(["+2 -", "+3 -1", "+1 -"]);
        expect(turns(rolling(3, {}, 1))).toEqual(["+4 -", "+ -1", "+ -2", "+ -3"]);
    });

    it("removes the ones that do not serve first, and never waits for them", () => {
        const start = { ...rolling(3), old: [1, 2, 3].map(slot => ({ slot, serving: slot !== 2 })) };
        expect(turns(start)).toEqual(["+4 -", "+5 -2", "+2 -1", "+ -3"]);
    });

    it("does not count an old one that comes up as a new one", () => {
        const start = { ...rolling(3), old: [1, 2, 3].map(slot => ({ slot, serving: slot !== 2 })) };
        const roll = new VirtualRoll(start, times).run([{ atMs: 500, event: { is: "up", slot: 2 } }]);
        expect(roll.all.filter(({ leftAtMs }) => leftAtMs !== undefined && leftAtMs < 10_000)).toEqual([]);
        expect(roll.state).toBe("done");
    });

    it("goes on when one comes up that it did not start, and removes one in the end", () => {
        const roll = new VirtualRoll(rolling(3), times).run([{ atMs: 500, event: { is: "up", slot: 6 } }]);
        expect(roll.all.find(({ slot }) => slot === 1)?.leftAtMs).toBe(500);
        expect(roll.state).toBe("done");
        expect([...roll.lives.values()].every(({ isNew }) => isNew) && roll.lives.size).toBe(3);
    });

    it("goes on from where an interrupted one stopped", () => {
        const start = {
            ...rolling(3),
            old: [2, 3].map(slot => ({ slot, serving: slot === 3 })),
            present: [
                { slot: 4, up: true },
                { slot: 5, up: false },
            ],
        };
        expect(turns(start)).toEqual(["+ -2", "+1 -3"]);
    });

    it("removes old ones first if an interrupted release has left no slot free", () => {
        const old = Array.from({ length: 4 }, (_, index) => ({ slot: index + 1, serving: true }));
        const start = { ...rolling(2), old, slots: 4 };
        expect(new VirtualRoll(start, times).run().state).toBe("done");
    });

    it("stops at the first failure, after which no container starts or leaves", () => {
        const roll = new VirtualRoll(rolling(3), times).run([{ atMs: 15_000, event: { is: "failed", slot: 5 } }]);
        expect(roll.state).toBe("stopped");
        expect(roll.schedule.next(20_000)).toEqual({ start: [], retire: [], state: "stopped" });
        expect(roll.all.filter(({ leftAtMs }) => leftAtMs !== undefined).map(({ slot }) => slot)).toEqual([1]);
    });
});

describe("any rolling release, with any events meanwhile", () => {
    const start = fc
        .record({
            count: fc.integer({ min: 1, max: 8 }),
            replicas: fc.integer({ min: 1, max: 8 }),
            step: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom("half" as const, "service" as const)),
            order: fc.constantFrom("startFirst" as const, "stopFirst" as const),
            gracePeriodMs: fc.constantFrom(0, 700),
            sick: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 3 }),
            present: fc.array(fc.record({ slot: fc.integer({ min: 9, max: 12 }), up: fc.boolean() }), { maxLength: 3 }),
        })
        .map(({ count, replicas, sick, present, ...settings }): RollingStart => {
            const base = rolling(count, settings, replicas);
            const unique = [...new Map(present.map(one => [one.slot, one])).values()].slice(0, replicas);
            return {
                ...base,
                slots: 20,
                old: base.old.map(({ slot }) => ({ slot, serving: !sick.includes(slot) })),
                present: unique,
            };
        });
    const delays = fc.infiniteStream(fc.integer({ min: 1, max: 5_000 }));
    const moment = fc.integer({ min: 1, max: 20_000 });
    const dips = fc.array(
        fc.record({
            atMs: moment,
            dip: fc.record({ slot: fc.integer({ min: 1, max: 20 }), lastsMs: fc.integer({ min: 1, max: 3_000 }) }),
        }),
        { maxLength: 8 },
    );
    const strangers = fc.array(
        fc.record({
            atMs: moment,
            event: fc.record({ is: fc.constant("up" as const), slot: fc.integer({ min: 17, max: 19 }) }),
        }),
        { maxLength: 3 },
    );

    function run(start: RollingStart, delays: Iterator<number>, surprises: Surprise[], look?: Look): VirtualRoll {
        const next = () => delays.next().value as number;
        return new VirtualRoll(start, { up: next, gone: next }, look).run(surprises);
    }

    function expectDone(roll: VirtualRoll, { replicas }: RollingStart): void {
        expect(roll.state).toBe("done");
        expect(roll.all.filter(({ isNew }) => !isNew).every(({ goneAtMs }) => goneAtMs !== undefined)).toBe(true);
        const left = [...roll.lives.values()];
        expect(left).toHaveLength(replicas);
        expect(left.every(({ isNew, upAtMs }) => isNew && upAtMs !== undefined)).toBe(true);
    }

    it("keeps rule 1 at every moment, ends, and removes each old one exactly once", () => {
        fc.assert(
            fc.property(start, delays, strangers, (start, delays, strangers) => {
                const left = new Set<number>();
                const floor = floorOf(start);
                const roll = run(start, delays, strangers, (roll, retired) => {
                    expect(roll.serving).toBeGreaterThanOrEqual(floor);
                    for (const { life } of retired.filter(({ life }) => !life.isNew)) {
                        expect(left.has(life.slot), `slot ${life.slot} leaves a second time`).toBe(false);
                        left.add(life.slot);
                    }
                });
                expectDone(roll, start);
                expect(left.size).toBe(start.old.length);
            }),
            { numRuns: 2_000 },
        );
    });

    it("never removes one that rule 1 needs while others are down, and ends when they are back", () => {
        fc.assert(
            fc.property(start, delays, fc.tuple(dips, strangers), (start, delays, surprises) => {
                const floor = floorOf(start);
                const roll = run(start, delays, surprises.flat(), (roll, retired) => {
                    if (retired.some(({ served }) => served)) {
                        expect(roll.serving).toBeGreaterThanOrEqual(floor);
                    }
                });
                expectDone(roll, start);
            }),
            { numRuns: 2_000 },
        );
    });

    it("starts at most `step` and removes at most `step` at a time", () => {
        fc.assert(
            fc.property(start, delays, (start, delays) => {
                const present = start.present.length;
                run(start, delays, [], roll => {
                    const { step } = roll.schedule;
                    const there = [...roll.lives.values()];
                    const starting = there.filter(({ isNew, upAtMs }) => isNew && upAtMs === undefined).length;
                    expect(starting).toBeLessThanOrEqual(Math.max(step, present));
                    expect(there.filter(({ leftAtMs }) => leftAtMs !== undefined).length).toBeLessThanOrEqual(step);
                });
            }),
            { numRuns: 1_000 },
        );
    });

    it("stops at a failure, after which no container starts or leaves", () => {
        fc.assert(
            fc.property(start, delays, moment, fc.integer({ min: 1, max: 20 }), (start, delays, atMs, slot) => {
                const roll = run(start, delays, [{ atMs, event: { is: "failed", slot } }]);
                const orders = roll.all.flatMap(({ orderedAtMs = 0, leftAtMs = 0 }) => [orderedAtMs, leftAtMs]);
                // The release may have ended before the failure.
                expect(roll.state === "done" || Math.max(...orders) <= atMs).toBe(true);
                expect(roll.state).not.toBe("going");
            }),
            { numRuns: 1_000 },
        );
    });

    /** @returns the number of containers that rule 1 needs. If fewer served at the start, that number */
    function floorOf({ old, present, replicas, settings }: RollingStart): number {
        const serving = old.filter(({ serving }) => serving).length + present.filter(({ up }) => up).length;
        const { step, order } = settings;
        const few = order === "startFirst" || replicas === 1;
        const at = { service: Math.max(replicas, old.length), half: Math.ceil(old.length / 2) };
        const owed = few ? replicas : Math.max(1, replicas - (typeof step === "number" ? step : at[step]));
        return Math.min(serving, owed);
    }
});
