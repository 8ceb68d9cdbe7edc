import { describe, expect, it } from "vitest";
import { type Answered, judge, predecessorOf } from "../../../plan/analysis";

const limits = { maxErrorRatio: 0.05, maxSlowdown: 3, minRequests: 10, intervalMs: 1_000 };
const fine: Answered = { requests: 1_000, errors: 0, averageMs: 9 };

describe("a release that has just become live is judged", () => {
    it.each<[string, Answered, Answered, string]>([
        ["good where it answers as before", { requests: 50, errors: 0, averageMs: 11 }, fine, "good"],
        ["not at all by few requests", { requests: 9, errors: 9, averageMs: 11 }, fine, "unknown"],
        ["bad by its errors", { requests: 50, errors: 3, averageMs: 11 }, fine, "bad"],
        [
            "good where it has no more errors than twice its predecessor's",
            { requests: 50, errors: 9, averageMs: 11 },
            { ...fine, errors: 100 },
            "good",
        ],
        [
            "bad where it has more errors than twice its predecessor's",
            { requests: 50, errors: 11, averageMs: 11 },
            { ...fine, errors: 100 },
            "bad",
        ],
        // A predecessor that failed half the time, or every time, allows no release that always fails.
        ["bad by all of its answers", { requests: 50, errors: 50 }, { requests: 50, errors: 25 }, "bad"],
        ["bad by all, as its predecessor's", { requests: 50, errors: 50 }, { requests: 50, errors: 50 }, "bad"],
        ["good where it works more often", { requests: 50, errors: 44 }, { requests: 50, errors: 45 }, "good"],
        ["bad whatever few answers before it were", { requests: 50, errors: 20 }, { requests: 2, errors: 1 }, "bad"],
        [
            "good however fast few answers before it were",
            { requests: 50, errors: 0, averageMs: 300 },
            { requests: 2, errors: 0, averageMs: 2 },
            "good",
        ],
        ["bad where it is many times as slow", { requests: 50, errors: 0, averageMs: 300 }, fine, "bad"],
        ["good where nobody would notice", { requests: 50, errors: 0, averageMs: 100 }, fine, "good"],
        [
            "good where it may be the measurement's error",
            { requests: 10, errors: 0, averageMs: 140, averageOffByMs: 52 },
            fine,
            "good",
        ],
        ["bad beyond that error", { requests: 10, errors: 0, averageMs: 300, averageOffByMs: 52 }, fine, "bad"],
        [
            "good where there is nothing to compare with",
            { requests: 10, errors: 0, averageMs: 900 },
            { requests: 0, errors: 0 },
            "good",
        ],
    ])("%s", (_, now, stable, kind) => {
        expect(judge(now, stable, limits).kind).toBe(kind);
    });

    it("beside its predecessor, where that had enough requests in the same time", () => {
        // Someone asks for what fails, of both of them: the release is no worse for it.
        const attacked: Answered = { requests: 100, errors: 10, averageMs: 9 };
        const stable = predecessorOf({ requests: 900, errors: 90, averageMs: 9 }, fine, limits);
        expect(judge(attacked, stable, limits).kind).toBe("good");
        expect(judge(attacked, predecessorOf({ requests: 9, errors: 9 }, fine, limits), limits).kind).toBe("bad");
    });

    it("against a limit of its own, where there is one", () => {
        const now = { requests: 10, errors: 0, averageMs: 140, averageOffByMs: 52 };
        expect(judge(now, fine, { ...limits, maxLatencyMs: 100 }).kind).toBe("good");
        expect(judge(now, fine, { ...limits, maxLatencyMs: 80 })).toMatchObject({
            kind: "bad",
            why: expect.stringContaining("analysis.maxLatency"),
        });
    });
});
