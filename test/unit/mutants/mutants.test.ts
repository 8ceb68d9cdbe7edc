import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Mutant, mutated, NoLongerApplies } from "../../mutants/Mutant";
import { sourceOf } from "../../mutants/MutantTests";
import { mutants } from "../../mutants/mutants";

const root = join(__dirname, "../../..");

describe("the mutants of npm run mutants", () => {
    it.each(mutants.map(mutant => [mutant.name, mutant] as const))("%s applies, and names a test file", (_, mutant) => {
        expect(() => mutated(sourceOf(root, mutant), mutant)).not.toThrow();
        expect(existsSync(join(root, mutant.killedBy.file))).toBe(true);
    });

    it("have different names", () => {
        const names = mutants.map(({ name }) => name);
        expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    });
});

describe("a mutant", () => {
    const mutant: Mutant = {
        name: "m",
        file: "f.ts",
        before: "a && b",
        after: "a",
        breaks: "",
        killedBy: { file: "", test: "" },
    };

    it("takes the place of its text", () => {
        expect(mutated("if (a && b) {}", mutant)).toBe("if (a) {}");
        // replace() would read these as patterns of its own.
        expect(mutated("if (a && b) {}", { ...mutant, after: "$& $1" })).toBe("if ($& $1) {}");
    });

    it("does not apply if its text is not in the file exactly once, and names the file", () => {
        for (const [text, found] of [
            ["if (a) {}", "is not in it"],
            ["a && b || a && b", "is in it 2 times"],
        ] as const) {
            expect(() => mutated(text, mutant)).toThrow(NoLongerApplies);
            expect(() => mutated(text, mutant)).toThrow(`f.ts: the text before of the mutant m ${found}: "a && b"`);
        }
    });
});
