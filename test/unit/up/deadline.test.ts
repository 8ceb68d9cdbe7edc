import { describe, expect, it } from "vitest";
import { deadlineOf } from "../../../up/deadline";
import { policyOf } from "../plan/support";

const minute = 60_000;

describe("the deadline of a deployment", () => {
    it("is progressDeadline, also for the pull and the drain", () => {
        const policy = policyOf({ progressDeadlineMs: 10 * minute, drainTimeoutMs: minute });
        expect(deadlineOf(policy, 0)).toBe(10 * minute);
    });

    // Earlier versions accepted these settings. Without more time, open requests would end each release before they are cut.
    it("leaves time for a drainTimeout of the same length, and for the proof after it", () => {
        const long = { progressDeadlineMs: 10 * minute, drainTimeoutMs: 10 * minute, healthyDeadlineMs: 5 * minute };
        expect(deadlineOf(policyOf({ ...long, onDrainTimeout: "close" }), 0)).toBe(15 * minute);
        expect(deadlineOf(policyOf({ ...long, onDrainTimeout: "wait" }), 0)).toBe(10 * minute);
    });
});
