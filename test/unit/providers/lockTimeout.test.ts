import { afterEach, describe, expect, it } from "vitest";
import { learnLockTimeout, lockTimeoutMs } from "../../../providers/lockTimeout";

afterEach(() => learnLockTimeout({ get: () => undefined }));

describe("the lock timeout of an up", () => {
    it.each([
        [
            "is the longest of its services",
            { web: { lockTimeout: "30s" }, api: { lockTimeout: "5m" }, old: {} },
            300_000,
        ],
        ["is none without one", { web: { image: "a" } }, 0],
        ["is none where the config is wrong, as a destroy may read it", { web: { lockTimeout: "soon" }, api: null }, 0],
    ])("%s", (_, services, expected) => {
        learnLockTimeout({ get: key => (key === "relink:services" ? JSON.stringify(services) : undefined) });
        expect(lockTimeoutMs()).toBe(expected);
    });

    it.each([undefined, "", "web", "null", "[1]"])("is none where the config is %s", text => {
        learnLockTimeout({ get: () => text });
        expect(lockTimeoutMs()).toBe(0);
    });
});
