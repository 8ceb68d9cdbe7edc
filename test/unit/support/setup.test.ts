import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";

// Runs test/setup.ts once more.
const takeEnvironment = async () => {
    vi.resetModules();
    await import("../../setup.js");
};

afterEach(() => {
    vi.unstubAllEnvs();
});

describe("the environment of the tests", () => {
    it.runIf(existsSync(join(__dirname, "../../../.relink/env.json")))("keeps the shell's DOCKER_HOST", async () => {
        vi.stubEnv("DOCKER_HOST", "tcp://192.0.2.1:2376");
        vi.stubEnv("PULUMI_SKIP_UPDATE_CHECK", "false");
        await takeEnvironment();
        expect(process.env.DOCKER_HOST).toBe("tcp://192.0.2.1:2376");
        // All other variables are the set-up's.
        expect(process.env.PULUMI_SKIP_UPDATE_CHECK).toBe("true");
    });
});
