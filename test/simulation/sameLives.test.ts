import * as fc from "fast-check";
import { describe, it } from "vitest";
import { houseEvents } from "./house/houseEvents";
import { anyLife, live } from "./life/anyLife";
import { Coverage } from "./life/Coverage";

// The same lives in each run, so that a step in the wrong order is found each time (test/mutants/order.ts).

const seed = 1;
const lives = 400;
const houses = 80;

describe("the same lives of a service", () => {
    it("keep the rules of docs/design.md", { timeout: 5 * 60_000 }, async () => {
        await fc.assert(anyLife(new Coverage()), { seed, numRuns: lives, endOnFailure: true });
    });

    it("behind a front with others lead every request as the config says", { timeout: 5 * 60_000 }, async () => {
        const anyHouse = fc.asyncProperty(houseEvents, house => live({ house }, new Coverage()));
        await fc.assert(anyHouse, { seed, numRuns: houses, endOnFailure: true });
    });
});
