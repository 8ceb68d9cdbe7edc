import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type PlanRow, planRows } from "../../../plan/Plan";

/** The golden previews (test/e2e/golden) of each row of the plan table. The end-to-end tests compare them. */
const goldens: Record<PlanRow, string[]> = {
    drift: ["drift-link", "drift-stopped"],
    repair: ["repair"],
    missingImage: ["missing-image"],
    adopt: ["adopt"],
    bootstrap: ["bootstrap"],
    pinned: ["pinned", "pinned-already", "pinned-to-nothing"],
    judgedBad: ["judged-bad"],
    nothing: ["nothing"],
    routes: ["routes"],
    scale: ["scale"],
    return: ["return"],
    wake: ["wake"],
    finish: ["finish", "finish-proved"],
    waiting: ["waiting", "promoted"],
    release: ["release", "release-with-hook", "release-of-a-setting", "release-of-a-secret"],
    canary: ["canary-weight"],
    roll: ["roll", "roll-shared"],
    recovery: ["recovery-finish", "recovery-undo"],
};

const folder = join(__dirname, "../../e2e");
const previews = ["preview.test.ts", "canary.test.ts"].map(file => readFileSync(join(folder, file), "utf8")).join("\n");

describe("each row of the plan table", () => {
    it.each(planRows)("has a golden preview: %s", row => {
        expect(goldens[row]).not.toEqual([]);
        for (const name of goldens[row]) {
            for (const kind of ["txt", "json"]) {
                expect(existsSync(join(folder, "golden", `${name}.${kind}`)), `${name}.${kind}`).toBe(true);
            }
            expect(previews).toMatch(new RegExp(`(expectPreview|golden\\.expect)\\("${name}"\\)`));
        }
    });
});
