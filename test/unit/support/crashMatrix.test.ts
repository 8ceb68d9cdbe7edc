import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Phase, phases } from "../../../providers/phases";

/** The end-to-end tests that kill an `up` right before a phase. */
const killing = ["crash", "crash-first-last", "rolling-crash", "bake"].map(name =>
    readFileSync(join(__dirname, `../../e2e/${name}.test.ts`), "utf8"),
);

/** Phases at which no end-to-end test kills, and why; the simulated lives (test/unit/release/life) die at each of them. */
const onlySimulated: Partial<Record<Phase, string>> = {
    "link: baked": "differs from `link: bake` by the verdict alone, which no call has written down yet",
    "link: back": "the move back itself is `link: memory`, `link: file` and `link: confirmed` once more",
};

const isKilledAt = (phase: Phase) => killing.some(text => text.includes(`"${phase}"`));

describe("the crash matrix", () => {
    it.each(phases)("kills at every phase that the code enumerates, or says why not: %s", phase => {
        expect(isKilledAt(phase) || onlySimulated[phase] !== undefined).toBe(true);
    });

    it("gives no reason for a phase at which it does kill", () => {
        expect((Object.keys(onlySimulated) as Phase[]).filter(isKilledAt)).toEqual([]);
    });
});
