import { describe, expect, it } from "vitest";
import type { FrontAccess } from "../../../front/FrontAccess";
import { tellSlots } from "../../../front/tellSlots";
import type { WorkerResult } from "../../../haproxy/WorkerResult";
import { FakeSession, serverAt, workerOf } from "../providers/FakeSession";

const soft = "Proxy is disabled.";

/** A front whose worker is replaced between a look and the change, as many times. */
function reloading(times: number, answer: string) {
    let looks = 0;
    const told: number[] = [];
    const workerAt = (pid: number) => ({ generation: "1", socket: "", pid, backends: new Map([["web-green", {}]]) });
    const session = {
        observe: async () => ({ front: { workers: [workerAt(++looks)] } }),
        runtime: {
            setServers: async ([worker]: { pid: number }[]): Promise<WorkerResult[]> => {
                told.push(worker!.pid);
                const ok = worker!.pid > times;
                return [{ worker: worker as never, ok, gone: false, error: ok ? undefined : answer }];
            },
        },
    } as unknown as FrontAccess;
    return { session, told };
}

const maint = () => new Map([[1, { state: "maint" as const }]]);

describe("a change of slots", () => {
    it("goes to the new worker when a reload has replaced the one that was asked", async () => {
        const { session, told } = reloading(2, soft);
        await tellSlots(session, "web", "green", maint);
        expect(told).toEqual([1, 2, 3]);
    });

    it("is an error if workers are replaced again and again", async () => {
        const { session, told } = reloading(100, soft);
        await expect(tellSlots(session, "web", "green", maint)).rejects.toThrow(/maint of web-green .* disabled/);
        expect(told).toHaveLength(5);
    });

    it("is an error at once if HAProxy has another reason", async () => {
        const { session, told } = reloading(1, "No such server.");
        await expect(tellSlots(session, "web", "green", maint)).rejects.toThrow("No such server.");
        expect(told).toHaveLength(1);
    });

    it("goes to every worker that takes connections and knows the color, and to no other", async () => {
        const [first, second] = [1, 2].map(pid => workerOf("green", { pid, green: [serverAt(1)] }));
        const workers = [first!, second!, workerOf("blue", { pid: 3, old: true, green: [serverAt(1)] })];
        const unaware = workerOf("green", { pid: 4, backends: new Map() });
        const fake = new FakeSession({ workers: [...workers, unaware] });
        await tellSlots(fake.session, "web", "green", maint);
        expect(fake.steps).toEqual(["web-green/1 of worker 1: maint", "web-green/1 of worker 2: maint"]);
    });

    it("is not sent if nothing has to change", async () => {
        const { session, told } = reloading(0, soft);
        await tellSlots(session, "web", "green", () => new Map());
        expect(told).toEqual([]);
    });
});
