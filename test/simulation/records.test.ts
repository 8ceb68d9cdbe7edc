import * as fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { anyLife } from "./life/anyLife";
import { Coverage } from "./life/Coverage";
import { SimulatedWorld } from "./life/SimulatedWorld";

afterEach(() => vi.restoreAllMocks());

describe("the record of a service", () => {
    it("is replaced and never changed in place", { timeout: 5 * 60_000 }, async () => {
        const { write } = SimulatedWorld.prototype;
        const texts = new WeakMap<object, string>();
        let checked = 0;
        vi.spyOn(SimulatedWorld.prototype, "write").mockImplementation(function (this: SimulatedWorld, change) {
            const text = texts.get(this.record);
            if (text !== undefined) {
                expect(JSON.stringify(this.record)).toBe(text);
                checked++;
            }
            write.call(this, change);
            texts.set(this.record, JSON.stringify(this.record));
        });
        await fc.assert(anyLife(new Coverage()), { seed: 1, numRuns: 100, endOnFailure: true });
        expect(checked).toBeGreaterThan(1_000);
    });
});
