import { describe, expect, it } from "vitest";
import type { Color } from "../../../model/Color";
import { emptyRecord, type ServiceRecord } from "../../../model/Record";
import type { RecordedRelease } from "../../../model/Release";
import { Comparison } from "../../../up/Comparison";
import type { Front } from "../../../up/Front";
import { settleRecord } from "../../../up/linkRecord";
import type { Up } from "../../../up/Up";

const limits = { maxErrorRatio: 0.05, maxSlowdown: 3, minRequests: 10, intervalMs: 1_000 };

type Counters = Awaited<ReturnType<Front["counters"]>>;

/** @returns one worker's counters of each color: answers, and errors among them */
function counters(counted: Record<Color, [asked: number, failed: number]>): Counters {
    const of = ([asked, failed]: [number, number]) => ({
        "1/7/1": { responses: asked, asked, failed, averageResponseMs: 5 },
    });
    return { blue: of(counted.blue), green: of(counted.green) };
}

/** @returns the record after blue has become live with these counters of HAProxy */
async function liveAt(counted: Counters): Promise<ServiceRecord> {
    let record: ServiceRecord = {
        ...emptyRecord("web"),
        link: { live: "green" },
        blue: { replicas: 1, release: "a" },
        releases: { a: { id: "a", linked: false } as RecordedRelease },
    };
    const up = {
        front: { counters: async () => counted },
        clock: { hostNow: async () => new Date(0) },
        journal: {
            owner: "test",
            record: async (change: (record: ServiceRecord) => ServiceRecord) => {
                record = change(record);
                return record;
            },
        },
    } as unknown as Up;
    await settleRecord(up, { from: "green", to: "blue", release: "a" }, "confirmed");
    return record;
}

describe("a release beside its predecessor", () => {
    const bake = { color: "green", from: "blue" } as const;

    it("may not have the errors of an older release on its predecessor's color", async () => {
        const { blue } = await liveAt(counters({ blue: [1_000, 500], green: [0, 0] }));
        const comparison = new Comparison(bake, counters({ blue: [2_000, 500], green: [0, 0] }), blue.liveSince);
        const now = counters({ blue: [2_000, 500], green: [100, 20] });
        expect(comparison.judge(now, limits).kind).toBe("bad");
    });

    it("is compared with all counted answers if a record of an earlier version does not say since when", () => {
        const comparison = new Comparison(bake, counters({ blue: [1_000, 500], green: [0, 0] }), undefined);
        expect(comparison.judge(counters({ blue: [1_000, 500], green: [100, 20] }), limits).kind).toBe("good");
    });

    it("is compared with its predecessor's answers in the same time, if those are enough", () => {
        const comparison = new Comparison(bake, counters({ blue: [1_000, 0], green: [0, 0] }), {});
        expect(comparison.judge(counters({ blue: [1_100, 20], green: [100, 20] }), limits).kind).toBe("good");
        expect(comparison.judge(counters({ blue: [2_100, 20], green: [100, 20] }), limits).kind).toBe("bad");
    });
});
