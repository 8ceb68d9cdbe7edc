import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { poll } from "../../../time/poll";
import { retry } from "../../../time/retry";

class Transient extends Error {}

const isTransient = (error: unknown) => error instanceof Transient;

/** Fails as many times, then succeeds. Notes the milliseconds of each try since the first one. */
function failing(times: number, error: Error = new Transient("not yet")) {
    const at: number[] = [];
    const startMs = Date.now();
    const attempt = async () => {
        at.push(Date.now() - startMs);
        if (at.length <= times) {
            throw error;
        }
        return "done";
    };
    return { at, attempt };
}

/** Advances the timers until the run has ended. */
async function ended<T>(run: Promise<T>): Promise<T> {
    run.catch(() => {});
    await vi.runAllTimersAsync();
    return run;
}

beforeEach(() => {
    vi.useFakeTimers();
});
afterEach(() => {
    vi.useRealTimers();
});

describe("a retried call", () => {
    it("is tried after pauses that grow up to the longest one", async () => {
        const { at, attempt } = failing(5);
        expect(await ended(retry(attempt, { isTransient, firstMs: 20, longestMs: 100 }))).toBe("done");
        expect(at).toEqual([0, 20, 60, 140, 240, 340]);
    });

    it("has equal pauses without a longest one", async () => {
        const { at, attempt } = failing(3);
        await ended(retry(attempt, { isTransient, firstMs: 50 }));
        expect(at).toEqual([0, 50, 100, 150]);
    });

    it("fails with the last error after its last try", async () => {
        const { at, attempt } = failing(9);
        await expect(ended(retry(attempt, { isTransient, firstMs: 10, tries: 3 }))).rejects.toThrow("not yet");
        expect(at).toHaveLength(3);
    });

    it("is tried a last time at its deadline", async () => {
        const { at, attempt } = failing(99);
        const deadline = Date.now() + 250;
        await expect(ended(retry(attempt, { isTransient, firstMs: 100, deadline }))).rejects.toThrow("not yet");
        expect(at).toEqual([0, 100, 200, 250]);
    });

    it("fails at once with an error that another try cannot mend", async () => {
        const { at, attempt } = failing(9, new Error("no"));
        await expect(ended(retry(attempt, { isTransient, firstMs: 10 }))).rejects.toThrow("no");
        expect(at).toHaveLength(1);
    });
});

describe("a polled value", () => {
    it("is polled until it exists", async () => {
        const seen: number[] = [];
        const look = async (count: number) => (seen.push(count) === 3 ? "there" : undefined);
        expect(await ended(poll(look, { firstMs: 10 }))).toBe("there");
        expect(seen).toEqual([1, 2, 3]);
    });

    it("ends with the reason of its signal, in the middle of a pause", async () => {
        const stop = new AbortController();
        const run = poll(async () => undefined, { firstMs: 60_000, signal: stop.signal });
        run.catch(() => {});
        stop.abort(new Error("enough"));
        await expect(run).rejects.toThrow("enough");
        expect(vi.getTimerCount()).toBe(0);
    });
});
