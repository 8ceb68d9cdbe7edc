import { describe, expect, it } from "vitest";
import { splitWords } from "../../../compose/words";

describe("a command line", () => {
    it.each([
        ["serve --port 80", ["serve", "--port", "80"]],
        ["  a\t'b c' \"d 'e'\" f\\ g ", ["a", "b c", "d 'e'", "f g"]],
        ["sh -c 'echo \\n; exit'", ["sh", "-c", "echo \\n; exit"]],
        ["a ''", ["a", ""]],
        ['pre"fix ed"', ["prefix ed"]],
        ["", []],
    ])("%j has the words %j", (line, words) => {
        expect(splitWords(line)).toEqual(words);
    });

    it.each(["a | b", "a; b", "a && b", "a > b", "a `b`", "a 'b", "a $(b)"])(
        "%j needs a shell or is not closed",
        line => {
            expect(splitWords(line)).toBeUndefined();
        },
    );
});
