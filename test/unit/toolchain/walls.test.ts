import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { productFiles, root } from "./productFiles";

interface Override {
    includes: string[];
    linter: { rules: { style?: { noRestrictedImports?: "off" | Wall } } };
}

interface Wall {
    level: string;
    options: { patterns: { group: string[]; message: string }[] };
}

const biome = JSON.parse(readFileSync(join(root, "biome.json"), "utf8")) as {
    linter: { rules: { suspicious: { noImportCycles: object } } };
    overrides: Override[];
};
const rules = biome.overrides.map(({ includes, linter }) => ({
    includes,
    rule: linter.rules.style?.noRestrictedImports,
}));

/** Folder -> the folders that it may import. */
const walls = new Map<string, string[]>();
/** Folder -> what biome says about a wrong import. */
const messages = new Map<string, string>();
for (const { includes, rule } of rules) {
    const [folder = ""] = includes.map(pattern => pattern.replace(/\/\*\*$/, ""));
    if (typeof rule === "object" && folder !== "index.ts") {
        const [{ group, message } = { group: [], message: "" }] = rule.options.patterns;
        walls.set(folder, group.flatMap(pattern => /^!.*\.\.\/(\w+)\/\*\*$/.exec(pattern)?.[1] ?? []).sort());
        messages.set(folder, message);
        // A first pattern that allows an import would leave a hole.
        expect([rule.level, group[0], includes]).toEqual(["error", "../**", [`${folder}/**`]]);
    }
}
const folders = [...new Set(productFiles().flatMap(path => /^(\w+)\//.exec(path)?.[1] ?? []))].sort();

describe("the walls between folders in biome.json", () => {
    it("stand around each folder of the product", () => {
        expect([...walls.keys()].sort()).toEqual(folders);
    });

    it("stand around index.ts", () => {
        expect(rules.filter(({ includes }) => includes.includes("index.ts"))).toHaveLength(1);
    });

    it("let dependencies go in one direction", () => {
        const lower = (folder: string, above: string[]): void => {
            expect(above).not.toContain(folder);
            for (const allowed of walls.get(folder) ?? []) {
                lower(allowed, [...above, folder]);
            }
        };
        folders.forEach(folder => {
            lower(folder, []);
        });
    });

    it("agree with their messages and docs/design.md", () => {
        const design = readFileSync(join(root, "docs/design.md"), "utf8");
        for (const [folder, allowed] of walls) {
            const may = inWords(folder, allowed);
            expect(messages.get(folder)).toBe(`${folder}/ may import ${may}: docs/design.md#folders`);
            expect(design).toMatch(new RegExp(`^\\| \\[${folder}/\\]\\(.*\\| ${may} \\|$`, "m"));
        }
    });

    it("refuse circles of imports, also of types", () => {
        expect(biome.linter.rules.suspicious.noImportCycles).toEqual({
            level: "error",
            options: { ignoreTypes: false },
        });
    });

    it("have exceptions only for files that still need them", () => {
        const open = rules.filter(({ rule }) => rule === "off").flatMap(({ includes }) => includes);
        expect(open.filter(path => !existsSync(join(root, path.replace(/\/\*\*$/, ""))))).toEqual([]);
    });
});

/** @returns the shorter of the two ways to say it */
function inWords(folder: string, allowed: string[]): string {
    const forbidden = folders.filter(other => other !== folder && !allowed.includes(other));
    return forbidden.length < allowed.length ? `all but ${listed(forbidden)}` : listed(allowed);
}

function listed(names: string[]): string {
    return names.length < 2 ? (names[0] ?? "nothing") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
