import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFull } from "../support/isFull";
import { anyLife } from "./life/anyLife";
import { Coverage } from "./life/Coverage";

// The rules of docs/design.md over random lives of a service: releases, returns, scalings, pins, promotions, rolls,
// failures, hand edits, restarts, two `up`s at once, and an `up` that dies behind any of its calls.

/** `npm run test:full` runs more. */
const lives = isFull ? 60_000 : 10_000;

describe("any life of a service", () => {
    const coverage = new Coverage();

    it("keeps the rules of docs/design.md", { timeout: 30 * 60_000 }, async () => {
        await fc.assert(anyLife(coverage), { numRuns: lives });
    });

    it.each(Object.keys(coverage) as (keyof Coverage)[])("comes by all %s", kind => {
        expect(Object.entries(coverage[kind]).filter(([, times]) => times === 0)).toEqual([]);
    });
});
