import { afterEach, describe, expect, it, vi } from "vitest";
import { toolchain } from "../../support/toolchain";

afterEach(() => vi.unstubAllEnvs());

describe("RELINK_NO_SYSTEM=1", () => {
    it("leaves out the tests on another Engine, because its packages would go outside of this folder", async () => {
        vi.stubEnv("RELINK_NO_SYSTEM", "1");
        const { ensureTestEngine, whyNoTestEngine } = await toolchain("testEngines.mjs");
        const why = "RELINK_NO_SYSTEM=1 forbids fetching one outside this folder";
        expect(whyNoTestEngine()).toBe(why);
        await expect(ensureTestEngine("28-containerd")).rejects.toThrow(
            `Docker 28-containerd cannot be started: ${why}.`,
        );
    });
});

describe("RELINK_TEST_ENGINE", () => {
    it("takes the name of an Engine", async () => {
        const { testEngine } = await toolchain("testEngines.mjs");
        expect(testEngine("28-containerd")).toMatchObject({ suite: "forky", driver: "overlayfs" });
    });

    it.each(["28", "", "constructor"])("refuses %j, and lists what it takes", async name => {
        const { testEngine } = await toolchain("testEngines.mjs");
        expect(() => testEngine(name)).toThrow(
            `RELINK_TEST_ENGINE is "${name}", which is not one of 20.10, 26.1, 28-overlay2, 28-containerd.`,
        );
    });
});
