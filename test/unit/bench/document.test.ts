import { describe, expect, it } from "vitest";
import { document } from "../../bench/document";
import { difference, type Figure, isMet, ratio, rounded } from "../../bench/Figure";
import { type Found, merged, parseResults } from "../../bench/Results";
import { rowsOf, share, standing, sum } from "../../bench/sideBySide";
import { parseWrk } from "../../bench/wrk";
import { median } from "../../support/median";

const machine = {
    cores: 2,
    processor: "x64",
    memoryGigabytes: 24,
    kernel: "6.1",
    node: "24.1.0",
    docker: "20.10",
    haproxy: "3.0.11",
    pulumi: "3.230.0",
};

function figure(measured: number | undefined, limit: "at most" | "at least" = "at most"): Figure {
    return { title: `${measured} ${limit}`, unit: "x", bar: { limit, value: 1.2 }, measured, rounds: {} };
}

function found(measurement: string, figures: Figure[], busy = 0.02): Found {
    return { measurement, at: "2026-11-25T10:00:00.000Z", before: { busy, load: 0.4 }, figures };
}

describe("a bar", () => {
    it("is met by a figure up to its value, and by no other", () => {
        expect(isMet(figure(1.2))).toBe(true);
        expect(isMet(figure(1.21))).toBe(false);
        expect(isMet(figure(1.2, "at least"))).toBe(true);
        expect(isMet(figure(1.19, "at least"))).toBe(false);
        expect(isMet(figure(undefined))).toBeUndefined();
    });

    it("is compared with the measured figure, not with the rounded one", () => {
        const close = figure(1.2004);
        expect(rounded(close.measured ?? 0, "x")).toBe(1.2);
        expect(isMet(close)).toBe(false);
    });
});

describe("a figure that compares two things", () => {
    it("compares them round by round, so that neither a slow round nor a slower machine changes it", () => {
        expect(ratio([3, 6, 90, 24], [2, 4, 8, 16])).toBe(1.5);
        expect(difference([3, 5, 90], [2, 4, 8])).toBe(1);
        expect(median([4, 1])).toBe(2.5);
    });
});

describe("the results", () => {
    it("are the same after they were written and read, also a figure that could not be measured", () => {
        const rows = [{ what: "lost", unit: "" as const, values: [3, undefined] }];
        const written = {
            machine,
            found: [{ ...found("a", []), sideBySide: { task: "", tools: ["we", "they"], rows } }],
        };
        const read = parseResults(JSON.stringify(written));
        expect(document(read, ["a"])).toBe(document(written, ["a"]));
        expect(document(read, ["a"])).toContain("| lost | 3 | not available here | - |");
    });

    it("keep the figures of an earlier run that this one did not measure, in the bench's order", () => {
        const earlier = [found("b", [figure(1)]), found("a", [figure(2)]), found("gone", [figure(3)])];
        const all = merged(["a", "b", "c"], earlier, [found("b", [figure(9)])]);
        expect(all.map(({ measurement, figures }) => [measurement, figures[0]?.measured])).toEqual([
            ["a", 2],
            ["b", 9],
        ]);
    });

    it("are a table with the bars that are missed and the figures that could not be measured", () => {
        const sideBySide = {
            task: "A task.",
            tools: ["relink", "other"],
            rows: [{ what: "lost", unit: "" as const, values: [0, undefined] }],
        };
        const all = [
            found("a", [{ ...figure(1.234), note: "note of it" }, figure(1.1)]),
            found("m", [{ ...figure(12.34), title: "memory", unit: "MB", bar: undefined }]),
            { ...found("b", [figure(undefined)], 0.5), sideBySide },
        ];
        const text = document({ machine, found: all }, ["a", "b", "c"]);
        expect(text).toContain("| 1.234 at most | 1.23x | at most 1.2x | **no** |");
        expect(text).toContain("| memory | 12.3 MB | - | - |");
        expect(text).toContain("| 1.1 at most | 1.1x | at most 1.2x | yes |");
        expect(text).toContain("| undefined at most | not available here | at most 1.2x | - |");
        expect(text).toContain("| lost | 0 | not available here | - |");
        expect(text).toContain("- 1.234 at most: note of it.");
        expect(text).toContain("busy with something else before these: b (50 %)");
        expect(text).not.toContain("a (");
        expect(text).toContain("Not measured yet: `npm run bench -- --only c`.");
    });
});

describe("side by side", () => {
    it("a row has the sums or the shares of each tool, and nothing for a tool that was not measured", () => {
        const seen = [
            [
                { cut: 1, open: 2 },
                { cut: 0, open: 6 },
            ],
            [{ cut: 3, open: 3 }],
        ];
        const row = rowsOf(seen, 3);
        expect(
            row(
                "cut",
                "",
                sum(({ cut }) => cut),
            ).values,
        ).toEqual([1, 3, undefined]);
        const percent = share(
            ({ cut }) => cut,
            ({ open }: { cut: number; open: number }) => open,
        );
        expect(row("cut, %", "", percent).values).toEqual([12.5, 100, undefined]);
    });

    it("two tables have headings of their own", () => {
        const rows = [{ what: "lost", unit: "" as const, values: [0, 1] }];
        const table = (title?: string) => ({ title, task: "", tools: ["relink", "other"], rows });
        const all = [
            { ...found("a", []), sideBySide: table() },
            { ...found("b", []), sideBySide: table("Side by side over TLS") },
        ];
        const text = document({ machine, found: all }, ["a", "b"]);
        expect(text.match(/^## .*/gm)).toEqual(["## Side by side", "## Side by side over TLS"]);
    });

    it("relink is ahead only if it is better than all others", () => {
        const of = (...values: (number | undefined)[]) => standing({ what: "seconds", unit: "s", values });
        expect(of(1, 2, 3)).toBe("ahead");
        expect(of(1, undefined, 3)).toBe("ahead");
        expect(of(0, 0, 3)).toBe("even");
        expect(of(2, 1, 3)).toBe("**behind**");
        expect(of(2, undefined, undefined)).toBe("-");
        expect(of(undefined, 1, 1)).toBe("-");
    });
});

describe("wrk's output", () => {
    const output = `Running 8s test @ http://127.0.0.1:8000/
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     3.10ms    1.20ms  28.11ms   77.03%
    Req/Sec    20.90k     1.10k   23.01k    70.00%
  Latency Distribution
     50%    2.95ms
     75%    3.62ms
     90%    4.40ms
     99%    7.11ms
  166333 requests in 8.00s, 20.94MB read
Requests/sec:  20789.31
Transfer/sec:      2.62MB
`;

    it("is read in each unit that wrk chooses", () => {
        expect(parseWrk(output)).toEqual({ requestsPerSecond: 20789.31, p99Ms: 7.11 });
        expect(parseWrk(output.replace("7.11ms", "1.20s ")).p99Ms).toBe(1200);
        expect(parseWrk(output.replace("7.11ms", "800.00us")).p99Ms).toBe(0.8);
    });

    it("is an error if requests failed", () => {
        const errors = "  Socket errors: connect 0, read 3, write 0, timeout 0\nRequests/sec:";
        expect(() => parseWrk(output.replace("Requests/sec:", errors))).toThrow(/Socket errors: connect 0, read 3/);
        const wrong = "  Non-2xx or 3xx responses: 12\nRequests/sec:";
        expect(() => parseWrk(output.replace("Requests/sec:", wrong))).toThrow(/Non-2xx or 3xx responses: 12/);
        expect(() => parseWrk("unable to connect")).toThrow(/no figures/);
    });
});
