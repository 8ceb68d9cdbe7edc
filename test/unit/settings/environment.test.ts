import { describe, expect, it } from "vitest";
import { configuredSecrets, environmentForOthers } from "../../../settings/environment";
import { parsePrivateJson } from "../../../settings/privateJson";

describe("what Pulumi hands to this process", () => {
    const config = {
        "relink:secrets": JSON.stringify({ "web.TOKEN": "abc", "web.KEY": "d\ne" }),
        "relink:registries": JSON.stringify({ "r.example.com": { username: "u", password: "p" }, odd: null }),
        "relink:services": "{}",
    };
    const env = { PULUMI_CONFIG: JSON.stringify(config), PULUMI_CONFIG_SECRET_KEYS: "[]", HOME: "/home/me" };

    it("is not handed on to the programs that it starts", () => {
        expect(environmentForOthers(env)).toEqual({ HOME: "/home/me" });
    });

    it("says which values are secret", () => {
        expect(configuredSecrets(env)).toEqual(["abc", "d\ne", "p"]);
    });

    it.each([undefined, "", "no JSON", "null", '{"relink:secrets":"[1]"}'])("may be %j, which holds none", text => {
        expect(configuredSecrets({ PULUMI_CONFIG: text })).toEqual([]);
    });
});

describe("JSON that may hold something secret", () => {
    it("is not repeated in an error", () => {
        expect(parsePrivateJson('{"a":1}')).toEqual({ a: 1 });
        expect(() => parsePrivateJson("hunter2")).toThrow(/^it is no JSON$/);
        expect(() => parsePrivateJson('{"a": "hunter2" "b"}')).toThrow(
            /^it is no JSON at position 16 \(line 1 column 17\)$/,
        );
    });
});
