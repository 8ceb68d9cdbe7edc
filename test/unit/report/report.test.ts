import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Scenario, scenarioOf } from "../../../examples/demo/Scenario";
import type { ServiceLoad } from "../../../examples/demo/StageLoad";
import { demoReport, sectionOf } from "../../../examples/demo/stageReport";
import type { Report } from "../../../report/Report";
import { readReport, renderReport, writeReport } from "../../../report/render";
import { planLoad } from "../../support/load/LoadOptions";
import { LocalLoad } from "../../support/load/LocalLoad";
import { temporaryFolder } from "../../support/temporaryFolder";
import { acts, responseTo, startFaultyServer } from "../load/faultyServer";

const folder = temporaryFolder("report");
let html: string;
let report: Report;
let scenario: Scenario;
let load: ServiceLoad;

/** A real load on a server that changes from v1 to v2, and loses the 200th request. */
beforeAll(async () => {
    let received = 0;
    const server = await startFaultyServer(
        {
            ...acts,
            answer: (socket, request) => socket.write(responseTo(request, { version: received > 600 ? "v2" : "v1" })),
        },
        number => {
            received = number;
            return number === 200 ? "closeWithoutAnswer" : "answer";
        },
    );
    const run = new LocalLoad(
        planLoad({ url: server.url, connections: 4, mix: { post: 1 }, ratePerSecond: 500, maxRequests: 1200 }),
    );
    await run.settled;
    load = { service: "web", fromSecond: 3.5, result: await run.stop() };
    await server.close();
    scenario = scenarioOf("release v2", [load], 7.25);
    const marks = [{ second: 4.2, subject: "web-green", text: "starting </script> & more", kind: "step" as const }];
    const script = { title: "release of v2", why: "It shows <b>how</b>." };
    const section = sectionOf(script, {
        loads: [load],
        marks,
        sentences: ["web: green gets v2."],
        failures: ["1 of 1200"],
    });
    report = demoReport([scenario], [section], new Date("2026-11-23T12:00:00Z"));
    html = renderReport(report);
});

describe("The demo's report", () => {
    it("has the numbers of the load: every request, by version and second, every loss and every latency", () => {
        const path = join(folder, "deep", "report.html");
        writeReport(path, report);
        expect(readFileSync(path, "utf8")).toBe(html);
        const read = readReport(path)!;
        expect(read).toEqual(report);
        expect(read.scenarios).toEqual([scenario]);
        expect(scenario).toMatchObject({ name: "release v2", requests: 1200, failed: 1, seconds: 7.3 });
        expect(read.totals).toEqual([
            { label: "requests", value: "1,200" },
            { label: "failed", value: "1", bad: true },
            { label: "scenarios", value: "1" },
        ]);
        const [rates, latency] = read.sections[0]!.charts;
        const sums = rates!.lines.map(({ label, values }) => [
            label,
            values.reduce((sum, value) => sum! + (value ?? 0), 0),
        ]);
        const { v1, v2 } = load.result.byVersion;
        expect(Object.fromEntries(sums)).toEqual({ v1: v1!.requests, v2: v2!.requests, failed: 1 });
        expect(v1!.requests + v2!.requests).toBe(1199);
        expect(rates!.seconds[0]).toBe(3.5);
        expect(latency!.lines.map(({ values }) => values)).toEqual(
            (["p50Ms", "p99Ms"] as const).map(figure =>
                load.result.buckets.map(bucket => Number(bucket.latency[figure].toFixed(2))),
            ),
        );
        expect(read.sections[0]!.marks.map(({ kind }) => kind).sort()).toEqual(["step", "switch"]);
    });

    it("is one file that loads nothing", () => {
        const loads = html.match(
            /\s(?:src|href|action|poster)\s*=\s*["']?[^"'\s>]+|url\(|@import|<(?:link|iframe|img|base)\b/gi,
        );
        expect(loads).toBeNull();
        expect(html).toContain("default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'");
        expect(html).toContain("The MIT License");
        expect(html.length).toBeLessThan(300_000);
    });

    it("is well-formed although its texts have markup", () => {
        expect(unbalanced(html)).toEqual([]);
        expect(html).toContain("starting &lt;/script&gt; &amp; more");
        expect(html).toContain("It shows &lt;b&gt;how&lt;/b&gt;.");
        expect(html.match(/<\/script>/g)).toHaveLength(3);
    });

    it("has its table, sentences, steps and failures also without its script", () => {
        for (const text of [
            "<th>release v2</th><td>1,200</td>",
            "<blockquote>web: green gets v2.</blockquote>",
            "1 of 1200",
        ]) {
            expect(html).toContain(text);
        }
    });
});

it("is not read from a file of another kind", () => {
    writeReport(join(folder, "r.html"), report);
    expect(readReport(join(folder, "nowhere.html"))).toBeUndefined();
    expect(readReport(__filename)).toBeUndefined();
});

/** @returns tags that are opened and not closed, or closed and not opened */
function unbalanced(document: string): string[] {
    const empty = ["meta", "br", "!doctype"];
    const open: string[] = [];
    const wrong: string[] = [];
    const text = document.replace(/<!--.*?-->/gs, "").replace(/(<(script|style)[^>]*>).*?(<\/\2>)/gs, "$1$3");
    for (const [, slash, name] of text.matchAll(/<(\/?)([!a-zA-Z][a-zA-Z0-9]*)[^>]*>/g)) {
        if (slash === "/") {
            const last = open.pop();
            if (last !== name) {
                wrong.push(`</${name}> closes <${last}>`);
            }
        } else if (!empty.includes(name!.toLowerCase())) {
            open.push(name!);
        }
    }
    return [...wrong, ...open.map(name => `<${name}> stays open`)];
}
