import { describe, expect, it } from "vitest";
import type { Worker } from "../../../model/FrontState";
import { drained, openOn } from "../../../plan/drain";

const worker = (pid: number, old: boolean, scur: number, qcur: number): Worker =>
    ({
        generation: "1",
        pid,
        old,
        backends: new Map([
            [
                "web-blue",
                {
                    scur,
                    qcur,
                    servers: new Map([
                        [1, { scur: scur - qcur, qcur: 0 }],
                        [2, { scur: 0, qcur }],
                    ]),
                },
            ],
        ]),
    }) as unknown as Worker;

describe("the open requests of a color", () => {
    it("are counted over all workers, also old ones", () => {
        const open = openOn([worker(1, false, 3, 0), worker(2, true, 2, 1)], "web-blue");
        expect(open).toEqual({
            requests: 5,
            perWorker: [
                { generation: "1", pid: 1, old: false, requests: 3 },
                { generation: "1", pid: 2, old: true, requests: 2 },
            ],
        });
    });

    it("can be counted for some slots", () => {
        expect(openOn([worker(1, false, 3, 1)], "web-blue", [2]).requests).toBe(1);
        expect(openOn([worker(1, false, 3, 1)], "web-blue", [7]).requests).toBe(0);
    });

    it("are none if the backend does not exist", () => {
        expect(openOn([worker(1, false, 3, 1)], "web-green").requests).toBe(0);
        expect(openOn([], "web-blue")).toEqual({ requests: 0, perWorker: [] });
    });
});

describe("a color is drained", () => {
    const samples = (...pairs: [number, number][]) => pairs.map(([atMs, requests]) => ({ atMs, requests }));

    it("after three samples over a second without an open request", () => {
        expect(drained(samples([0, 0], [500, 0], [1000, 0]))).toBe(true);
        expect(drained(samples([0, 4], [100, 0], [600, 0], [1100, 0]))).toBe(true);
    });

    it("after one sample without an open request if the link left a second ago or earlier", () => {
        expect(drained(samples([0, 0]), 1000)).toBe(true);
        expect(drained(samples([0, 2], [300, 0]), 60_000)).toBe(true);
        expect(drained(samples([0, 0]), 999)).toBe(false);
        expect(drained(samples([0, 0], [300, 1]), 60_000)).toBe(false);
        expect(drained([], 60_000)).toBe(false);
    });

    it("neither after too few samples, nor too short a time, nor a request in between", () => {
        expect(drained([])).toBe(false);
        expect(drained(samples([0, 0], [2000, 0]))).toBe(false);
        expect(drained(samples([0, 0], [300, 0], [999, 0]))).toBe(false);
        expect(drained(samples([0, 0], [500, 1], [1000, 0], [1400, 0], [1900, 0]))).toBe(false);
        expect(drained(samples([0, 0], [500, 0], [1000, 0], [1001, 1]))).toBe(false);
    });
});
