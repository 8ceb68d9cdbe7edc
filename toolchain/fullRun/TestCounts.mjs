// A reporter for vitest. At the end of a run it prints how many tests ran, and how many more the full run has.
import { basename } from "node:path";
import { filesWithHaproxy32 } from "./pieces.mjs";

export default class TestCounts {
    onInit(vitest) {
        this.config = vitest.config;
    }

    onTestRunEnd(modules) {
        // With a pattern, vitest also skips each test that does not match it.
        if (this.config?.testNamePattern === undefined) {
            console.log(sentence(countTests(modules)));
        }
    }
}

/** @returns how many tests ran, and how many run only in the full run */
export function countTests(modules) {
    const tests = modules.flatMap(module => [...module.children.allTests()].map(test => ({ module, test })));
    // A test that skips itself, because one before it failed, is not one of the full run alone.
    const isLeftOut = ({ test }) => test.options.mode === "skip";
    const isFull = modules.some(({ project }) => project.name === "e2e-haproxy-3.2");
    const repeated = tests.filter(
        ({ module }) => module.project.name === "e2e" && filesWithHaproxy32.includes(basename(module.moduleId)),
    );
    const leftOut = tests.filter(isLeftOut).length;
    return { ran: tests.length - leftOut, onlyFull: isFull ? 0 : leftOut + repeated.length };
}

function sentence({ ran, onlyFull }) {
    return onlyFull === 0
        ? `\n${ran} tests ran.`
        : `\n${ran} tests ran. ${onlyFull} more run only in npm run test:full; docs/full-run.md says when they last passed.`;
}
