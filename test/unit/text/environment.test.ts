import { describe, expect, it } from "vitest";
import { environmentForOthers } from "../../../text/environment";
import { parsePrivateJson } from "../../../text/privateJson";

describe("Pulumi's variables of this process", () => {
    const env = {
        PULUMI_CONFIG: "{}",
        PULUMI_CONFIG_SECRET_KEYS: "[]",
        PULUMI_CONFIG_PASSPHRASE: "hunter2",
        PULUMI_ACCESS_TOKEN: "pul-0123",
        HOME: "/home/me",
    };

    it("are not passed to the programs that it starts", () => {
        expect(environmentForOthers(env)).toEqual({ HOME: "/home/me" });
    });
});

describe("JSON that may hold a secret", () => {
    it("is not quoted in an error", () => {
        expect(parsePrivateJson('{"a":1}')).toEqual({ a: 1 });
        expect(() => parsePrivateJson("hunter2")).toThrow(/^it is not JSON$/);
        expect(() => parsePrivateJson('{"a": "hunter2" "b"}')).toThrow(
            /^it is not JSON at position 16 \(line 1 column 17\)$/,
        );
    });
});
