import { describe, expect, it } from "vitest";
import { StartFailed, wordsOf } from "../../../docker/errors";
import { startFailure } from "../../../docker/startFailure";

describe("failures to start", () => {
    const failed = (message: string) =>
        Object.assign(new Error(`(HTTP code 500) server error - ${message} `), { statusCode: 500, json: { message } });

    it.each([
        [
            "driver failed programming external connectivity on endpoint x: Bind for 0.0.0.0:80 failed: port is already allocated",
            "port",
        ],
        ["listen tcp4 0.0.0.0:80: bind: address already in use", "port"],
        ['invalid mount config for type "bind": bind source path does not exist: /x', "mount"],
        ['OCI runtime create failed: exec: "nope": executable file not found in $PATH: unknown', "command"],
        ["standard_init_linux.go:228: exec user process caused: exec format error", "command"],
        ["unable to find user bob: no matching entries in passwd file", "user"],
        ["network nope not found", "network"],
        ["Address already in use", "network"],
        ["something new", "other"],
    ])("sorts %j", (message, reason) => {
        const error = startFailure("web-1", failed(message)) as StartFailed;
        expect(error).toBeInstanceOf(StartFailed);
        expect(error.reason).toBe(reason);
        expect(error.message).toContain(`Docker says: ${message}`);
    });

    it("lose secret values, the longer ones first", () => {
        const values = { A: "abc", B: "abcdef", C: "" };
        expect((startFailure("w", failed("bad abcdef, abc"), values) as Error).message).toMatch(
            /bad \[secret\], \[secret\]$/,
        );
    });

    it("are passed on if they are not the Engine's", () => {
        const error = new Error("other");
        expect(startFailure("w", error)).toBe(error);
    });

    it("have the Engine's words without what the client adds", () => {
        expect(wordsOf(failed("plain words"))).toBe("plain words");
        expect(wordsOf(new Error("(HTTP code 404) no such image - gone "))).toBe("gone");
    });
});
