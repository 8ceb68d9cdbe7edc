import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { FrontState, Worker } from "../../../model/FrontState";
import { Traffic } from "../../../providers/Traffic";
import { planOf, UpReport } from "../../../providers/UpReport";
import { readReport, writeReport } from "../../../report/render";
import { reportPath } from "../../../report/reportPath";
import { temporaryFolder } from "../../support/temporaryFolder";

const folder = temporaryFolder("report");
const path = join(folder, "report.html");

/** @returns workers with these counters and open requests of each backend */
function front(...workers: { pid: number; backends: Record<string, [stot: number, scur: number, errors: number]> }[]) {
    return {
        workers: workers.map(({ pid, backends }) => ({
            generation: "1",
            pid,
            backends: new Map(
                Object.entries(backends).map(([name, [stot, scur, responses5xx]]) => [
                    name,
                    { name, stot, scur, qcur: 0, responses5xx, servers: new Map() },
                ]),
            ),
        })) as unknown as Worker[],
    } as FrontState;
}

describe("HAProxy's counters during an up", () => {
    it("count from the first look on, also over a reload, whose new worker starts at 0", () => {
        const traffic = new Traffic();
        traffic.add(0, front({ pid: 1, backends: { "web-blue": [1000, 2, 5], "web-green": [0, 0, 0] } }));
        traffic.add(1, front({ pid: 1, backends: { "web-blue": [1100, 3, 5], "web-green": [0, 0, 0] } }));
        traffic.add(2, undefined);
        traffic.add(
            3,
            front(
                { pid: 1, backends: { "web-blue": [1150, 1, 5], "web-green": [0, 0, 0] } },
                { pid: 2, backends: { "web-blue": [30, 1, 0], "web-green": [20, 4, 1] } },
            ),
        );
        traffic.add(4, front({ pid: 2, backends: { "web-blue": [30, 0, 0], "web-green": [120, 4, 1] } }));
        expect(traffic.services()).toEqual(["web"]);
        expect(traffic.requests("web")).toBe(100 + 50 + 30 + 20 + 100);
        expect(traffic.errors("web")).toBe(1);
        const [rates, open] = traffic.charts("web");
        expect(rates!.lines.map(({ label, values }) => [label, values])).toEqual([
            ["blue", [0, 100, null, 80, 0]],
            ["green", [0, 0, null, 20, 100]],
        ]);
        expect(open!.lines.map(({ values }) => values)).toEqual([
            [2, 3, null, 2, 0],
            [0, 0, null, 4, 4],
        ]);
    });
});

describe("HAProxy's counters of a TCP service", () => {
    const counted = (stot: number, failed: number) => {
        const backend = { name: "cache-blue", isTcp: true, stot, failed, scur: 2, qcur: 0, responses5xx: 0 };
        const worker = { generation: "1", pid: 1, backends: new Map([[backend.name, backend]]) };
        return { workers: [worker as unknown as Worker] } as FrontState;
    };

    it("are connections, of which some fail", async () => {
        const looks = [counted(10, 1), counted(25, 4)];
        const report = new UpReport(path, "shop/prod", async () => looks.shift() ?? counted(25, 4));
        await report.end();
        const [section] = readReport(path)!.sections;
        expect(section!.figures).toEqual([
            { label: "connections to cache", value: "15" },
            { label: "of them failed", value: "3", bad: true },
        ]);
        expect(section!.charts.map(({ title }) => title)).toEqual([
            "cache: connections per second, by color",
            "cache: open connections, by color",
        ]);
    });
});

describe("The report of an up", () => {
    it("has the plan's sentences, each step once, the switch, and the errors", async () => {
        writeReport(path, planOf("shop/prod", ["web: green gets shop/web:2."]));
        const report = new UpReport(path, "shop/prod", async () => front());
        report.step("web-green", "healthy for 0.1 s of 1.0 s");
        report.step("web-green", "healthy for 0.7 s of 1.0 s");
        report.step("web link", "link blue => green, confirmed through the public listener after 80 ms");
        report.fail("api-green", "api: not released.\nLast log line: x");
        await report.end();
        const read = readReport(path)!;
        expect(read).toMatchObject({ title: "pulumi up of shop/prod", totals: [{ value: "failed", bad: true }, {}] });
        const [section] = read.sections;
        expect(section!.sentences).toEqual(["web: green gets shop/web:2."]);
        expect(section!.marks.map(({ subject, kind }) => `${subject}: ${kind}`)).toEqual([
            "web-green: step",
            "web link: switch",
            "api-green: error",
        ]);
        expect(section!.failures).toEqual(["api: not released.\nLast log line: x"]);
    });

    it("is written to the file of RELINK_REPORT, and not without that variable", () => {
        expect(reportPath({})).toBeUndefined();
        expect(reportPath({ RELINK_REPORT: "" })).toBeUndefined();
        expect(reportPath({ RELINK_REPORT: "/tmp/r.html" })).toBe("/tmp/r.html");
    });
});
