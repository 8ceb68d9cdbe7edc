import { describe, expect, it } from "vitest";
import { withoutSecrets } from "../../../docker/errors";

describe("words of Docker or of a container", () => {
    it("are told without secret values, the longest first", () => {
        expect(withoutSecrets("token abc and abcdef", ["abc", "abcdef", ""])).toBe("token [secret] and [secret]");
    });

    it("are told without any long line of a secret that has several", () => {
        const key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\n-----END KEY-----\n";
        expect(withoutSecrets("2026-11-23 MIIEvQIBADANBgkq", [key])).toBe("2026-11-23 [secret]");
    });
});
