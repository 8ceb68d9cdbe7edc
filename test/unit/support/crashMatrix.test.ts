import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Phase, phases } from "../../../up/phases";

/** The end-to-end tests that kill an `up` before a phase. */
const killing = [
    "crash",
    "crash-first-last",
    "rolling-crash",
    "bake",
    "canary",
    "canary-steps",
    "https",
    "acme",
    "front-image",
].map(name => readFileSync(join(__dirname, `../../e2e/${name}.test.ts`), "utf8"));

const isKilledAt = (phase: Phase) => killing.some(text => text.includes(`"${phase}"`));

describe("the crash matrix", () => {
    it.each(phases)("has a kill at every phase of the code: %s", phase => {
        expect(isKilledAt(phase)).toBe(true);
    });
});
