import { defineConfig } from "vitest/config";

/** One test file at a time, since each of them puts load on the same two cores. */
const endToEnd = {
    setupFiles: ["test/setup.ts"],
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 10 * 60_000,
    hookTimeout: 5 * 60_000,
};

/** With `npm run test:full`: what depends on HAProxy, once more with its 3.2. */
const withHaproxy32 = {
    extends: true as const,
    test: {
        ...endToEnd,
        name: "e2e-haproxy-3.2",
        include: ["haproxy", "counters", "release", "failure", "hooks", "interrupted", "heal"].map(
            name => `test/e2e/${name}.test.ts`,
        ),
        env: { RELINK_TEST_HAPROXY: "haproxy:3.2" },
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
        projects: [
            {
                extends: true,
                test: {
                    name: "unit",
                    include: ["test/unit/**/*.test.ts"],
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
                    name: "e2e",
                    include: ["test/e2e/**/*.test.ts"],
                    sequence: { groupOrder: 2 },
                },
            },
            ...(process.env.RELINK_FULL === "1" ? [withHaproxy32] : []),
        ],
    },
});
