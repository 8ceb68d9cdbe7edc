import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const load = createRequire(join(__dirname, "../../../toolchain/fullRun/any"));
const { countTests } = load("./TestCounts.mjs");

describe("The counts of a run", () => {
    const module = (project: string, file: string, ...modes: string[]) => ({
        project: { name: project },
        moduleId: `/somewhere/${file}`,
        children: { allTests: () => modes.map(mode => ({ options: { mode } })) },
    });

    it("count tests that ran, and tests that only the full run has: left out here, or repeated with HAProxy 3.2", () => {
        const modules = [
            module("unit", "a.test.ts", "run", "run"),
            module("e2e", "heal.test.ts", "run", "skip"),
            module("e2e", "crash.test.ts", "run", "skip", "skip"),
        ];
        expect(countTests(modules)).toEqual({ ran: 4, onlyFull: 3 + 2 });
    });

    it("name no other tests in the full run", () => {
        const modules = [module("e2e", "heal.test.ts", "run"), module("e2e-haproxy-3.2", "heal.test.ts", "run")];
        expect(countTests(modules)).toEqual({ ran: 2, onlyFull: 0 });
    });
});
