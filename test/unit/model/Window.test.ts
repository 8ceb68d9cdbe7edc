import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BackendStat, Worker } from "../../../model/FrontState";
import { countersOf, Window } from "../../../model/Window";

/** Counters of a backend, in whole numbers as HAProxy has them (freq_ctr.h, stats-proxy.c). */
class Backend {
    #requests = 0;
    #errors = 0;
    #sum = 0;

    answer(milliseconds: number, isError = false): void {
        this.#requests++;
        this.#errors += isError ? 1 : 0;
        this.#sum += milliseconds - (this.#requests > 512 ? Math.ceil(this.#sum / 512) : 0);
    }

    answerAll(times: readonly number[]): void {
        for (const time of times) {
            this.answer(time);
        }
    }

    worker(pid = 1, startedAt = 1): Worker {
        const averaged = Math.min(this.#requests, 512);
        const stat: Partial<BackendStat> = {
            responses: this.#requests,
            asked: this.#requests,
            failed: this.#errors,
            averageResponseMs: averaged === 0 ? 0 : Math.ceil(this.#sum / averaged),
        };
        return { generation: "1", pid, startedAt, backends: new Map([["web-green", stat]]) } as unknown as Worker;
    }
}

describe("the answers of a backend since a moment", () => {
    it("are counted over all workers, also those that started later", () => {
        const [old, late] = [new Backend(), new Backend()];
        old.answerAll([5, 5, 5]);
        const window = new Window(countersOf("web-green", [old.worker()]));
        old.answer(20);
        old.answer(20, true);
        late.answer(50);
        window.look(countersOf("web-green", [old.worker(), late.worker(2)]));
        const { requests, errors, averageMs = 0 } = window.answered();
        expect({ requests, errors }).toEqual({ requests: 3, errors: 1 });
        expect(averageMs).toBeCloseTo(30, 0);
    });

    it("have none of the errors that came before", () => {
        const backend = new Backend();
        backend.answer(5, true);
        backend.answer(5, true);
        const window = new Window(countersOf("web-green", [backend.worker()]));
        backend.answer(5);
        window.look(countersOf("web-green", [backend.worker()]));
        expect(window.answered()).toMatchObject({ requests: 1, errors: 0 });
    });

    it("have the answers of a worker until it was last seen", () => {
        const [gone, stays] = [new Backend(), new Backend()];
        const window = new Window(countersOf("web-green", [gone.worker(), stays.worker(2)]));
        gone.answer(5, true);
        window.look(countersOf("web-green", [gone.worker(), stays.worker(2)]));
        stays.answer(5);
        window.look(countersOf("web-green", [stays.worker(2)]));
        expect(window.answered()).toMatchObject({ requests: 2, errors: 1 });
    });

    it("are all answers of a worker after a restart of HAProxy, even if it has the process id of an earlier worker", () => {
        const [before, after] = [new Backend(), new Backend()];
        before.answer(5, true);
        before.answerAll([5, 5, 5]);
        const window = new Window(countersOf("web-green", [before.worker()]));
        before.answer(5, true);
        window.look(countersOf("web-green", [before.worker()]));
        after.answerAll(Array.from({ length: 20 }, () => 5));
        window.look(countersOf("web-green", [after.worker(1, 2)]));
        expect(window.answered()).toMatchObject({ requests: 21, errors: 1 });
    });

    it("are none without requests, and all answers without a start", () => {
        const backend = new Backend();
        backend.answerAll([7, 9]);
        const window = new Window(countersOf("web-green", [backend.worker()]));
        window.look(countersOf("web-green", [backend.worker()]));
        expect(window.answered()).toEqual({ requests: 0, errors: 0 });
        const whole = new Window();
        whole.look(countersOf("web-green", [backend.worker()]));
        expect(whole.answered()).toMatchObject({ requests: 2, errors: 0, averageMs: 8 });
    });

    it("have no average if the only answer broke after its head", () => {
        const counters = { responses: 100, asked: 99, failed: 0, averageResponseMs: 7 };
        const worker = (pid: number, change: Partial<BackendStat>) => ({
            ...{ generation: "1", pid, startedAt: 1 },
            backends: new Map([["web-green", { ...counters, ...change }]]),
        });
        const workers = (...changes: Partial<BackendStat>[]) => changes.map((c, pid) => worker(pid, c)) as Worker[];
        const window = new Window(countersOf("web-green", workers({}, {})));
        window.look(countersOf("web-green", workers({ asked: 100, failed: 1 }, {})));
        expect(window.answered()).toEqual({ requests: 1, errors: 1 });
        window.look(countersOf("web-green", workers({ asked: 100, failed: 1 }, { responses: 200, asked: 199 })));
        expect(window.answered()).toMatchObject({ requests: 101, errors: 1, averageMs: 7 });
    });

    // For ten requests among the last 512, HAProxy's rounding by 1 ms can change the average by 100 ms.
    it("have an average, and the most by which it may be off", () => {
        const times = (least: number, most: number) => fc.array(fc.nat(300), { minLength: least, maxLength: most });
        fc.assert(
            fc.property(times(0, 1_500), times(1, 800), (earlier, since) => {
                const backend = new Backend();
                backend.answerAll(earlier);
                const window = new Window(countersOf("web-green", [backend.worker()]));
                // All times are equal, so that HAProxy's weights do not matter.
                const [time = 0] = since;
                backend.answerAll(since.map(() => time));
                window.look(countersOf("web-green", [backend.worker()]));
                const { averageMs = 0, averageOffByMs = 0 } = window.answered();
                expect(averageMs - averageOffByMs).toBeLessThanOrEqual(time + 0.5);
                // The average is not too low by more than it may be off either.
                expect(averageMs + averageOffByMs).toBeGreaterThanOrEqual(time - 1.5);
            }),
        );
    });

    it("show a slow release within a few requests after a long history", () => {
        const backend = new Backend();
        backend.answerAll(Array.from({ length: 5_000 }, () => 9));
        const window = new Window(countersOf("web-green", [backend.worker()]));
        backend.answerAll(Array.from({ length: 10 }, () => 700));
        window.look(countersOf("web-green", [backend.worker()]));
        const { averageMs = 0, averageOffByMs = 0 } = window.answered();
        expect(averageMs - averageOffByMs).toBeGreaterThan(500);
        expect(averageMs).toBeLessThan(800);
    });
});
