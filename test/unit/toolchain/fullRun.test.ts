import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

/** The toolchain is plain JavaScript. */
interface Piece {
    name: string;
    project: string;
    file?: string;
    pattern?: string;
    minutes: number;
}
interface Shard {
    minutes: number;
    pieces: Piece[];
}

const load = createRequire(join(__dirname, "../../../toolchain/fullRun/any"));
const { inOneRun, shardOf } = load("./fullRun.mjs");
const { emptyTable, withPassed } = load("./passed.mjs");
const { piecesOfFullRun, shardsOf } = load("./pieces.mjs") as {
    piecesOfFullRun(files?: string[]): Piece[];
    shardsOf(pieces: Piece[], names?: string[][]): Shard[];
};
const { shards } = load("./shards.mjs") as { shards: string[][] };

const pieces = piecesOfFullRun();

describe("The pieces of the full run", () => {
    it("are each in exactly one shard: toolchain/fullRun/shards.mjs", () => {
        const names = shardsOf(pieces).flatMap(shard => shard.pieces.map(({ name }) => name));
        expect(names.sort()).toEqual(pieces.map(({ name }) => name).sort());
    });

    it("are spread so that each shard ends within 75 minutes, even if the estimates are a third too low", () => {
        for (const { minutes } of shardsOf(pieces)) {
            expect(minutes).toBeLessThanOrEqual(56);
        }
    });

    it("on containerd are in one shard, since a run on a chosen Engine leaves them out", () => {
        const having = shardsOf(pieces).filter(({ pieces }) =>
            pieces.some(({ project }) => project === "e2e-containerd"),
        );
        expect(having).toHaveLength(1);
    });

    it("that a shard names have to exist", () => {
        expect(() => shardsOf(pieces, [["nothing"]])).toThrow("names nothing, which is no piece");
    });

    it("include a file without an estimate", () => {
        expect(piecesOfFullRun(["new.test.ts", "golden"]).map(({ name }) => name)).toEqual(["unit", "program", "new"]);
    });

    it.each([
        ["fault 10: an up that is killed release, at link: memory, kill -9 of CLI", "release and bake"],
        ["fault 10: an up that is killed scale up, at deploy: prove, kill -9 of both", "scale"],
        ["fault 10: an up that is killed return, at link: file, kill -9 of host", "return, stop, remove, routes"],
        ["fault 10: an up that is killed while it takes a switch back, kill -9 of host", "the rest"],
        ["after a kill a release, at scale up, at whatever", "release and bake"],
    ])("the parts of a long file have each test once: %s", (test, part) => {
        const parts = pieces.filter(({ file }) => file === "test/e2e/crash.test.ts");
        const having = parts.filter(({ pattern }) => new RegExp(pattern ?? "").test(test));
        expect(having.map(({ name }) => name)).toEqual([`crash (${part})`]);
    });

    it("need as few runs of vitest as possible, with one for all whole files of a project", () => {
        const runs = inOneRun([
            { name: "a", project: "e2e", file: "a.test.ts", minutes: 1 },
            { name: "unit", project: "unit", minutes: 1 },
            { name: "b (part)", project: "e2e", file: "b.test.ts", pattern: "part", minutes: 1 },
            { name: "c", project: "e2e", file: "c.test.ts", minutes: 1 },
        ]);
        expect(runs).toEqual([
            { project: "e2e", files: ["a.test.ts", "c.test.ts"], pattern: undefined },
            { project: "unit", files: [], pattern: undefined },
            { project: "e2e", files: ["b.test.ts"], pattern: "part" },
        ]);
    });
});

describe("--shard", () => {
    it("takes K/N, in one word or in two", () => {
        const all = shards.length;
        expect(shardOf(["--shard", `2/${all}`])).toEqual({ number: 2, of: all });
        expect(shardOf([`--shard=${all}/${all}`])).toEqual({ number: all, of: all });
        expect(shardOf(["test/e2e/noop.test.ts"])).toBeUndefined();
    });

    it.each([[`0/${shards.length}`], ["99/99"], ["1/2"], ["2"], ["a/b"], []])("refuses %s", (...text) => {
        expect(() => shardOf(["--shard", ...text])).toThrow(`--shard takes 1/${shards.length} to`);
    });

    it("takes no choice of tests beside it, because it records what passed", () => {
        expect(() => shardOf(["--shard", `1/${shards.length}`, "-t", "one"])).toThrow("no other arguments");
    });
});

describe("docs/full-run.md", () => {
    const page = `# The full run\n\n${emptyTable(shardsOf(pieces, shards.slice(0, 2)))}\n\nMore.\n`;
    const passed = { day: "2026-11-29", commit: "abc1234", tests: 7, minutes: 50, pieces: ["bake", "unit"] };
    const own = { ...passed, shard: "2/2", engine: "20.10.24 overlay2" };

    it("starts with shards that have not passed yet", () => {
        expect(page).toContain("| 1/2 | - | not yet | - | - | - |");
    });

    it("gets the result of a shard, and later its last one", () => {
        const once = withPassed(page, own);
        expect(once).toContain("| 1/2 | - | not yet |");
        expect(once).not.toContain("| 2/2 | - | not yet |");
        expect(once).toContain("| 2/2 | 20.10.24 overlay2 | 2026-11-29 | abc1234 | 7 | 50 | bake, unit |\n\nMore.\n");
        const twice = withPassed(once, { ...own, commit: "def5678" });
        expect(twice).toBe(once.replace("abc1234", "def5678"));
    });

    it("has a line for each Engine", () => {
        const both = withPassed(withPassed(page, own), { ...own, engine: "28-containerd" });
        expect(both).toContain("| 2/2 | 20.10.24 overlay2 | 2026-11-29");
        expect(both).toContain("| 2/2 | 28-containerd | 2026-11-29");
    });

    it("has a line for each shard", () => {
        const page = readFileSync(join(__dirname, "../../../docs/full-run.md"), "utf8");
        for (let number = 1; number <= shards.length; number += 1) {
            expect(page).toContain(`| ${number}/${shards.length} | `);
        }
    });

    it("refuses an unknown shard", () => {
        expect(() => withPassed(page, { ...own, shard: "3/3" })).toThrow("no line of the shard 3/3");
    });
});
