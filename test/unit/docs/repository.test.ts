import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { planRows } from "../../../plan/Plan";

const root = join(__dirname, "../../..");
const design = readFileSync(join(root, "docs/design.md"), "utf8");

/** Folders that no commit has, or whose files another program wrote. */
const foreignFolders = ["node_modules", ".git", ".relink", "golden", "captured"];
const textFiles = /\.(?:ts|mts|mjs|js|cjs|go|sh|ya?ml|md|json|css|svg)$|^(?:run|\.[a-z]+)$/;

/** Names of notes that only some authors have beside the repository. */
const outside = [/\bDESIGN\b/, /\bARCHITECTURE\b/, /\bfacts\//, /\bfindings\.md/, /\.\.\/shared\b/, /\.\.\/next\b/];

/** @returns every file that people read, by its path in the repository */
function filesBelow(folder: string): string[] {
    return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) {
            return foreignFolders.includes(entry.name) ? [] : filesBelow(path);
        }
        const isRead = textFiles.test(entry.name) && entry.name !== "package-lock.json" && path !== __filename;
        return isRead ? [relative(root, path)] : [];
    });
}

const texts = new Map(filesBelow(root).map(path => [path, readFileSync(join(root, path), "utf8")]));
const pages = new Map([...texts].filter(([path]) => path.endsWith(".md")));
const topFolders = readdirSync(root, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules")
    .map(({ name }) => name);

/** @returns the anchors that GitHub gives the headings of a page */
function anchorsOf(page: string): Set<string> {
    const headings = page.replace(/^```[\s\S]*?^```/gm, "").matchAll(/^#{1,6} (.+)$/gm);
    return new Set([...headings].map(([, heading = ""]) => anchorOf(heading)));
}

function anchorOf(heading: string): string {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    return plain.replace(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-");
}

/** @returns the links of a page to other places of the repository, as written */
function linksOf(page: string): string[] {
    const prose = page.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
    return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target = ""]) => target)
        .filter(target => !/^[a-z]+:/.test(target));
}

/** @returns what is wrong with a link or a citation; undefined if nothing is */
function problemOf(from: string, target: string, base: string): string | undefined {
    const [file = "", anchor] = target.split("#");
    const path = file === "" ? from : join(base, file);
    const place = `${from}: ${target}`;
    if (path.startsWith("..")) {
        return `${place} is outside the repository`;
    }
    if (!existsSync(join(root, path))) {
        return `${place} does not exist`;
    }
    const isKnown = anchor === undefined || anchorsOf(texts.get(path) ?? "").has(anchor);
    return isKnown ? undefined : `${place} has no such heading`;
}

describe("the repository stands alone", () => {
    it("cites no file that is outside of it", () => {
        const cited = [...texts].flatMap(([path, text]) =>
            outside.filter(name => name.test(text)).map(name => `${path}: ${name.exec(text)?.[0]}`),
        );
        expect(cited).toEqual([]);
    });

    it("has each file and heading that a page links to", () => {
        const problems = [...pages].flatMap(([path, text]) =>
            linksOf(text).map(target => problemOf(path, target, dirname(path))),
        );
        expect(problems.length).toBeGreaterThan(200);
        expect(problems.filter(problem => problem !== undefined)).toEqual([]);
    });

    it("has each file that a page names", () => {
        const path = new RegExp(`\`((?:${topFolders.join("|")})/[\\w./-]+\\.(?:ts|mts|mjs|cjs|js|md|go|cfg))\``, "g");
        const named = [...pages].flatMap(([page, text]) =>
            [...text.matchAll(path)].map(([, file = ""]) => [page, file]),
        );
        expect(named.length).toBeGreaterThan(20);
        const missing = named.filter(
            ([page = "", file = ""]) => ![root, join(root, dirname(page))].some(base => existsSync(join(base, file))),
        );
        expect(missing).toEqual([]);
    });

    it("has each test file that a page runs", () => {
        const run = [...pages].flatMap(([page, text]) =>
            [...text.matchAll(/(?<=npm (?:test|run test:\S+) -- |vitest run )test\/[\w./-]+/g)].map(([path]) => [
                page,
                path,
            ]),
        );
        expect(run.length).toBeGreaterThan(5);
        expect(run.filter(([, path = ""]) => !existsSync(join(root, path)))).toEqual([]);
    });

    it("has each page and heading that code cites", () => {
        const problems = [...texts].flatMap(([path, text]) =>
            [...text.matchAll(/(?<![\w/.-])docs\/[\w./-]+\.md(?:#[\w-]+)?/g)].map(([target]) =>
                problemOf(path, target, ""),
            ),
        );
        expect(problems.length).toBeGreaterThan(50);
        expect(problems.filter(problem => problem !== undefined)).toEqual([]);
    });

    it("has each decision and rule that code cites by number", () => {
        const rules = new Set(
            [...(design.split("## The rules")[1] ?? "").matchAll(/^(\d+)\. \*\*/gm)].map(([, n]) => n),
        );
        const pagesByNumber = readdirSync(join(root, "docs/decisions")).map(name => String(Number.parseInt(name, 10)));
        const wrong = [...texts].flatMap(([path, text]) => [
            ...[...text.matchAll(/\b[Rr]ule ([1-9]\d*)\b/g)]
                .filter(([, n]) => !rules.has(n))
                .map(([it]) => `${path}: ${it}`),
            ...[...text.matchAll(/\b[Dd]ecision (\d+)\b/g)]
                .filter(([, n = ""]) => !pagesByNumber.includes(n))
                .map(([it]) => `${path}: ${it}`),
        ]);
        expect(rules.size).toBe(12);
        expect(wrong).toEqual([]);
    });
});

describe("each top folder", () => {
    it.each(topFolders)("has a README of at most ten lines: %s", folder => {
        const lines = readFileSync(join(root, folder, "README.md"), "utf8")
            .trimEnd()
            .split("\n");
        expect(lines.length).toBeLessThanOrEqual(10);
        expect(lines[0]).toBe(`# ${folder}/`);
        for (const says of ["**May import**: ", "**Something new**: "]) {
            expect(
                lines.some(line => line.startsWith(says)),
                says,
            ).toBe(true);
        }
    });

    it("has in its README the imports that biome.json allows", () => {
        const walls = [...(texts.get("biome.json") ?? "").matchAll(/"message": "(\w+)\/ may import (.*): docs/g)];
        expect(walls.length).toBeGreaterThan(10);
        for (const [, folder = "", may] of walls) {
            expect(texts.get(join(folder, "README.md"))).toContain(`\n**May import**: ${may}.\n`);
        }
    });

    it("is in the table of docs/design.md if it has code", () => {
        const table = [...design.matchAll(/^\| \[([a-z]+)\/\]/gm)].map(([, folder]) => folder);
        expect(table.sort()).toEqual(topFolders.filter(name => !["bench", "docs", "stacks"].includes(name)).sort());
    });
});

describe("docs/design.md", () => {
    it("has each row of the plan table, and no other", () => {
        const table = (design.split("## The plan table")[1] ?? "").split("\n## ")[0] ?? "";
        const rows = [...table.matchAll(/\| `(\w+)` \|$/gm)].map(([, row]) => row);
        expect(rows.sort()).toEqual([...planRows].sort());
    });
});

describe("docs/decisions", () => {
    const names = readdirSync(join(root, "docs/decisions")).filter(name => /^\d\d-/.test(name));

    it.each(names)("is numbered, listed, and fits on a screen: %s", name => {
        const page = readFileSync(join(root, "docs/decisions", name), "utf8");
        expect(page.startsWith(`# ${Number.parseInt(name, 10)}. `)).toBe(true);
        expect(page.trimEnd().split("\n").length).toBeLessThanOrEqual(45);
        const list = readFileSync(join(root, "docs/decisions/README.md"), "utf8");
        expect(list).toContain(`(${basename(name)})`);
        expect(["**Decision.**", "**Why"].filter(part => !page.includes(part))).toEqual([]);
    });
});
