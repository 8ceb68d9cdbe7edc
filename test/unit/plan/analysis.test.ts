import { describe, expect, it } from "vitest";
import { type Answered, judge, predecessorOf } from "../../../plan/analysis";

const limits = { maxErrorRatio: 0.05, maxSlowdown: 3, minRequests: 10, intervalMs: 1_000 };
const fine: Answered = { requests: 1_000, errors: 0, averageMs: 9 };

describe("a release that has just become live is judged", () => {
    it.each<[string, Answered, Answered, string]>([
        ["good if it answers as before", { requests: 50, errors: 0, averageMs: 11 }, fine, "good"],
        ["not yet by few requests", { requests: 9, errors: 9, averageMs: 11 }, fine, "unknown"],
        ["bad by its errors", { requests: 50, errors: 3, averageMs: 11 }, fine, "bad"],
        [
            "good if it has at most twice its predecessor's errors",
            { requests: 50, errors: 9, averageMs: 11 },
            { ...fine, errors: 100 },
            "good",
        ],
        [
            "bad if it has more than twice its predecessor's errors",
            { requests: 50, errors: 11, averageMs: 11 },
            { ...fine, errors: 100 },
            "bad",
        ],
        // A release that always fails is bad, even if its predecessor failed half the time or always.
        [
            "bad if all answers fail and half of its predecessor's did",
            { requests: 50, errors: 50 },
            { requests: 50, errors: 25 },
            "bad",
        ],
        [
            "bad if all answers fail, as its predecessor's did",
            { requests: 50, errors: 50 },
            { requests: 50, errors: 50 },
            "bad",
        ],
        ["good if it fails less often", { requests: 50, errors: 44 }, { requests: 50, errors: 45 }, "good"],
        [
            "bad by its errors, although few answers before it failed as often",
            { requests: 50, errors: 20 },
            { requests: 2, errors: 1 },
            "bad",
        ],
        [
            "good, although few answers before it were faster",
            { requests: 50, errors: 0, averageMs: 300 },
            { requests: 2, errors: 0, averageMs: 2 },
            "good",
        ],
        ["bad if it is many times as slow", { requests: 50, errors: 0, averageMs: 300 }, fine, "bad"],
        ["good if users would not notice that it is slower", { requests: 50, errors: 0, averageMs: 100 }, fine, "good"],
        [
            "good if the difference may be the measurement's error",
            { requests: 10, errors: 0, averageMs: 140, averageOffByMs: 52 },
            fine,
            "good",
        ],
        [
            "bad if the difference is beyond the measurement's error",
            { requests: 10, errors: 0, averageMs: 300, averageOffByMs: 52 },
            fine,
            "bad",
        ],
        [
            "good if there are no answers to compare with",
            { requests: 10, errors: 0, averageMs: 900 },
            { requests: 0, errors: 0 },
            "good",
        ],
    ])("%s", (_, now, stable, kind) => {
        expect(judge(now, stable, limits).kind).toBe(kind);
    });

    it("by its predecessor in the same time, if that had enough requests", () => {
        // A client asks both of them for what fails. The release is not worse for that.
        const attacked: Answered = { requests: 100, errors: 10, averageMs: 9 };
        const stable = predecessorOf({ requests: 900, errors: 90, averageMs: 9 }, fine, limits);
        expect(judge(attacked, stable, limits).kind).toBe("good");
        expect(judge(attacked, predecessorOf({ requests: 9, errors: 9 }, fine, limits), limits).kind).toBe("bad");
    });

    it("by a limit in the settings", () => {
        const now = { requests: 10, errors: 0, averageMs: 140, averageOffByMs: 52 };
        expect(judge(now, fine, { ...limits, maxLatencyMs: 100 }).kind).toBe("good");
        expect(judge(now, fine, { ...limits, maxLatencyMs: 80 })).toMatchObject({
            kind: "bad",
            why: expect.stringContaining("analysis.maxLatency"),
        });
    });

    it("by its connections if it is a TCP service", () => {
        const few = judge({ requests: 9, errors: 0 }, fine, limits, "connections");
        expect(few.why).toBe("only 9 of the 10 connections that a judgement needs (analysis.minRequests)");
        const bad = judge({ requests: 40, errors: 3 }, fine, limits, "connections");
        expect(bad).toEqual({ kind: "bad", why: "3 of 40 connections failed (7.5 %, allowed are 5 %)" });
        expect(judge({ requests: 40, errors: 3 }, fine, limits).why).toContain("3 of 40 answers were errors (7.5 %");
    });
});
