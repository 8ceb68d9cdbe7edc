import { describe, expect, it } from "vitest";
import type { Color } from "../../../model/Color";
import type { Worker } from "../../../model/FrontState";
import { emptyRecord, type ServiceRecord } from "../../../model/Record";
import type { RecordedRelease } from "../../../model/Release";
import type { Session } from "../../../providers/Session";
import { Comparison } from "../../../up/Comparison";
import { settleRecord } from "../../../up/linkRecord";

const limits = { maxErrorRatio: 0.05, maxSlowdown: 3, minRequests: 10, intervalMs: 1_000 };

/** A worker that has counted so many answers of each color, and errors among them. */
function workers(counted: Record<Color, [asked: number, failed: number]>): Worker[] {
    const backends = Object.entries(counted).map(
        ([color, [asked, failed]]) =>
            [`web-${color}`, { responses: asked, asked, failed, averageResponseMs: 5 }] as const,
    );
    return [{ generation: "1", pid: 7, startedAt: 1, backends: new Map(backends) } as unknown as Worker];
}

/** The record after blue has become live, when HAProxy had counted this. */
async function liveAt(front: Worker[]): Promise<ServiceRecord> {
    let record: ServiceRecord = {
        ...emptyRecord("web"),
        link: { live: "green" },
        blue: { replicas: 1, release: "a" },
        releases: { a: { id: "a", linked: false } as RecordedRelease },
    };
    const session = {
        engine: { now: async () => new Date(0) },
        lease: { owner: "test" },
        runtime: { observe: async () => ({ workers: front }) },
        record: async (_service: string, change: (record: ServiceRecord) => ServiceRecord) => {
            record = change(record);
        },
    } as unknown as Session;
    await settleRecord(session, "web", { from: "green", to: "blue", release: "a" }, "confirmed");
    return record;
}

describe("a release beside its predecessor", () => {
    const bake = { color: "green", from: "blue" } as const;

    it("is not allowed the errors of an older release that its predecessor's color had before", async () => {
        const { blue } = await liveAt(workers({ blue: [1_000, 500], green: [0, 0] }));
        const comparison = new Comparison("web", bake, workers({ blue: [2_000, 500], green: [0, 0] }), blue.liveSince);
        const now = workers({ blue: [2_000, 500], green: [100, 20] });
        expect(comparison.judge(now, limits).kind).toBe("bad");
    });

    it("is compared with all that HAProxy has counted where a record of an earlier version does not say since when", () => {
        const comparison = new Comparison("web", bake, workers({ blue: [1_000, 500], green: [0, 0] }), undefined);
        expect(comparison.judge(workers({ blue: [1_000, 500], green: [100, 20] }), limits).kind).toBe("good");
    });

    it("is compared with what its predecessor answers in the same time, where that is enough", () => {
        const comparison = new Comparison("web", bake, workers({ blue: [1_000, 0], green: [0, 0] }), {});
        expect(comparison.judge(workers({ blue: [1_100, 20], green: [100, 20] }), limits).kind).toBe("good");
        expect(comparison.judge(workers({ blue: [2_100, 20], green: [100, 20] }), limits).kind).toBe("bad");
    });
});
