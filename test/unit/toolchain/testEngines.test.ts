import { describe, expect, it } from "vitest";
import { toolchain } from "../../support/toolchain";

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
