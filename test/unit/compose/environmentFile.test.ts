// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Compose's variables
import { describe, expect, it } from "vitest";
import { ComposeError } from "../../../compose/ComposeError";
import { parseEnvironmentFile } from "../../../compose/environmentFile";

const parse = (text: string) => parseEnvironmentFile(text, name => (name === "HOME" ? "/root" : undefined));

describe("an env file", () => {
    it.each([
        ["A=1\nB = two words \n\n# comment\nC=", { A: "1", B: "two words", C: "" }],
        ["export A=1\nB: 2", { A: "1", B: "2" }],
        ["A=1 # comment\nB=1#2", { A: "1", B: "1#2" }],
        ["A='$HOME \\n'\nB=\"$HOME\\n\"\nC=$HOME", { A: "$HOME \\n", B: "/root\n", C: "/root" }],
        ['A="two\nlines"\nB=3', { A: "two\nlines", B: "3" }],
        ['A="say \\"x\\" \\$HOME \\t"', { A: 'say "x" $HOME \t' }],
        ["A='it\\'s'", { A: "it's" }],
        ["A=1\nB=${A}2\nC=${D:-3}", { A: "1", B: "12", C: "3" }],
        ["HOME\nUNKNOWN\nA=1", { HOME: "/root", A: "1" }],
        ["A=a=b\r\nB=2\r\n", { A: "a=b", B: "2" }],
        ["\uFEFFA=1", { A: "1" }],
        ["A=$$x", { A: "$x" }],
    ])("%j is %j", (text, expected) => {
        expect(parse(text)).toEqual(expected);
    });

    it.each([
        ["A=1\n!hunter2", 2, "does not begin with the name of a variable"],
        ["A=1\n\nhunter2 is it", 3, "no = after it"],
        ['A="hunter2', 1, "a quote that is not closed"],
        ["A=${B:?hunter}", 1, "needs the variable B"],
    ])("%j: line %i %s", (text, line, message) => {
        let thrown: unknown;
        try {
            parse(text);
        } catch (error) {
            thrown = error;
        }
        expect(thrown).toBeInstanceOf(ComposeError);
        expect((thrown as ComposeError).place).toEqual({ line });
        expect((thrown as Error).message).toContain(message);
        expect((thrown as Error).message).not.toContain("hunter2");
    });
});
