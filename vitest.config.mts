import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { onEngine } from "./test/support/engine/WorkerOnEngine.mts";
import { filesOnContainerd, filesWithHaproxy32 } from "./toolchain/fullRun/pieces.mjs";
import { testEngine, whyNoTestEngine } from "./toolchain/testEngines.mjs";

/** One test file at a time, since each of them puts load on the same two cores. */
const endToEnd = {
    setupFiles: ["test/setup.ts"],
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 10 * 60_000,
    hookTimeout: 5 * 60_000,
};

/** A project on a Docker Engine of its own, by its name in toolchain/testEngines.mjs. */
const on = (engine: string) => ({
    env: { RELINK_TEST_ENGINE: engine },
    globalSetup: ["test/support/engine/start.ts"],
    pool: onEngine,
});

/** RELINK_TEST_ENGINE names the Engine that all end-to-end tests run on; without it that is the machine's own. */
const chosen = process.env.RELINK_TEST_ENGINE;
if (chosen !== undefined) {
    testEngine(chosen);
}
const onChosen = chosen === undefined ? { env: {} } : on(chosen);

/** What depends on the Engine most, once more on Docker 28 with containerd's image store, as fresh ones of Docker's have it. */
const onContainerd = {
    extends: true as const,
    test: {
        ...endToEnd,
        ...on("28-containerd"),
        name: "e2e-containerd",
        include: filesOnContainerd.map(file => `test/e2e/${file}`),
        sequence: { groupOrder: 4 },
    },
};
const whyNot = whyNoTestEngine();
if (whyNot !== undefined) {
    console.warn(`relink: the tests on Docker 28-containerd are left out: ${whyNot}.`);
}

/** With `npm run test:full`: what depends on HAProxy, once more with its 3.2. */
const withHaproxy32 = {
    extends: true as const,
    test: {
        ...endToEnd,
        name: "e2e-haproxy-3.2",
        include: filesWithHaproxy32.map(file => `test/e2e/${file}`),
        ...onChosen,
        env: { ...onChosen.env, RELINK_TEST_HAPROXY: "haproxy:3.2" },
        sequence: { groupOrder: 3 },
    },
};

/**
 * Three levels. `unit` is everything that needs no Docker; `program` is index.ts with Pulumi's mocks; `e2e` is the real
 * Pulumi CLI, a real Docker Engine and a real HAProxy.
 */
export default defineConfig({
    test: {
        pool: "forks",
        // A golden file that is missing is a failure: only `vitest --update` writes one, on any machine.
        update: "none",
        reporters: ["default", join(import.meta.dirname, "toolchain/fullRun/TestCounts.mjs")],
        projects: [
            {
                extends: true,
                test: {
                    name: "unit",
                    include: ["test/unit/**/*.test.ts", "test/simulation/**/*.test.ts"],
                    setupFiles: ["test/setup.ts", "test/unit/setup.ts"],
                    maxWorkers: 2,
                    testTimeout: 30_000,
                    hookTimeout: 30_000,
                    sequence: { groupOrder: 0 },
                },
            },
            {
                extends: true,
                test: {
                    name: "program",
                    include: ["test/program/**/*.test.ts"],
                    setupFiles: ["test/setup.ts"],
                    testTimeout: 60_000,
                    hookTimeout: 60_000,
                    sequence: { groupOrder: 1 },
                },
            },
            {
                extends: true,
                test: {
                    ...endToEnd,
                    ...onChosen,
                    name: "e2e",
                    include: ["test/e2e/**/*.test.ts"],
                    sequence: { groupOrder: 2 },
                },
            },
            ...(process.env.RELINK_FULL === "1" ? [withHaproxy32] : []),
            ...(chosen === undefined && whyNot === undefined ? [onContainerd] : []),
        ],
    },
});
