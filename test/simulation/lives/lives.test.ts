import { afterEach, describe, expect, it, vi } from "vitest";
import { Broken } from "../life/Broken";
import { Ending } from "../life/Ending";
import { retell, runSeed } from "./runSeed";
import { storyOf } from "./storyOf";
import { Totals } from "./Totals";

afterEach(() => vi.restoreAllMocks());

/** From now on a life breaks a rule that ends with two containers. */
function forbidTwoContainers(): void {
    vi.spyOn(Ending.prototype, "checkWish").mockImplementation(function (this: Ending) {
        const { length } = (this as unknown as { world: { containers: unknown[] } }).world.containers;
        if (length > 1) {
            throw new Broken("rule 0: one is enough");
        }
    });
}

describe("npm run lives", () => {
    it("lives so many lives of a seed, and says how often everything came up", async () => {
        const [one, same, other] = [await runSeed(7, 20), await runSeed(7, 20), await runSeed(8, 20)];
        expect(one).toMatchObject({ seed: 7, lives: 20 });
        expect(one.failure).toBeUndefined();
        expect(same).toEqual(one);
        expect(other.coverage).not.toEqual(one.coverage);
        const totals = new Totals();
        totals.add(one);
        totals.add(other);
        expect(totals.coverage.rows.bootstrap).toBe(one.coverage.rows.bootstrap + other.coverage.rows.bootstrap);
        expect(totals.progress(10)).toBe("40 lives of 2 seeds in 10 s, 4 lives per second, 0 failing");
        expect(totals.coverageText()).toContain(`${totals.coverage.rows.bootstrap}  bootstrap`);
    });

    it("tells a life that breaks a rule, shrunk, and how to run it again", async () => {
        forbidTwoContainers();
        const { seed, failure } = await runSeed(7, 20);
        const text = storyOf(seed, failure!);
        expect(text).toMatch(/^A life breaks a rule. rule 0: one is enough\nWhat happens in it:\n {3}1\. \w/);
        expect(text).toContain(`npm run lives -- --seed 7 --path ${failure?.path}\n`);
        // One release, and then another one.
        expect(failure?.course).toMatchObject({ 0: { length: 2 } });
        expect((await runSeed(7, 1, failure?.path)).failure).toEqual(failure);
        vi.restoreAllMocks();
        expect((await runSeed(7, 1, failure?.path)).failure).toBeUndefined();
    });

    it("says so where a life that failed does not fail when it is told again", async () => {
        expect(await retell([[], []])).toMatchObject({ error: expect.stringContaining("not deterministic") });
    });
});
