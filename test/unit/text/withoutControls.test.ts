import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusalOf } from "../../../docker/refusals";
import { startFailure } from "../../../docker/startFailure";
import { parseCheck } from "../../../front/check";
import { discreet, discreetly } from "../../../providers/discretion";
import { withoutControls } from "../../../text/withoutControls";
import { withoutSecrets } from "../../../text/withoutSecrets";

describe("a foreign text", () => {
    it.each([
        ["colors and cursor movements", "\u001b[1;31mred\u001b[0m \u001b[2J\u001b[1;1H\u001b[?25lup", "red up"],
        ["the same as one C1 character", "\u009b31mred\u009b0m", "red"],
        ["a title, ended in each way", "\u001b]0;pwned\u0007a\u001b]2;pwned\u001b\\b\u009d0;pwned\u009cc", "abc"],
        ["a link", "\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\", "click"],
        ["a device's answer", '\u001bP$q"p\u001b\\x\u001b_a\u001b\\y', "xy"],
        ["a sequence without an end", "\u001b]0;title\nnext", "]0;title\nnext"],
        ["characters that go back in the line", "bad\rgood\b\b\u007f", "badgood"],
        ["C1", "a\u0080\u0085\u008d\u009fb", "ab"],
        ["marks that turn the direction", "\u202egpj.\u2066exe\u2069\u200f\u061c", "gpj.exe"],
        ["tabs, line ends and all other characters", "a\tb\né密🔑\u200dז", "a\tb\né密🔑\u200dז"],
    ])("%s", (_name, text, expected) => expect(withoutControls(text)).toBe(expected));

    it("never has a control character left", () => {
        const unit = fc.oneof(fc.constantFrom("\u001b", "[", "]", "\u009b", "\u0007", "m", "\u202e"), fc.string());
        fc.assert(
            fc.property(fc.array(unit), parts => {
                expect(withoutControls(parts.join(""))).not.toMatch(
                    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test looks for them
                    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/,
                );
            }),
        );
    });
});

describe("a text without controls is what users see of", () => {
    const evil = "\u001b]0;pwned\u0007a\u009b2J\u202eb";
    const answer = (message: string) => Object.assign(new Error(message), { statusCode: 500, json: { message } });

    it("the row of a resource and the report", () => expect(discreet(evil)).toBe("ab"));

    it("an error", async () => {
        const told: Error = await discreetly(() => Promise.reject(new Error(evil))).catch((error: Error) => error);
        expect(told.message).toBe("ab");
    });

    it("Docker's words and a registry's", () => {
        expect((startFailure("web-1", answer(evil)) as Error).message).toBe("web-1 did not start. Docker says: ab");
        expect(refusalOf(answer(evil)).words).toBe("ab");
    });

    it("HAProxy's words", () => {
        expect(parseCheck(`[ALERT]    (1) : ${evil}`, new Map())).toEqual([{ message: "ab" }]);
    });

    it("a service's log, also with a secret between the controls", () => {
        expect(withoutSecrets(`${evil} hunter\u009b1m2`, ["hunter2"])).toBe("ab [secret]");
    });
});
