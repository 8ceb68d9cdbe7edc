// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Compose's variables
import { describe, expect, it } from "vitest";
import { ComposeError } from "../../../compose/ComposeError";
import { interpolate } from "../../../compose/interpolate";

const variables: Record<string, string> = { NAME: "value", EMPTY: "", OTHER: "other" };
const lookup = (name: string) => variables[name];

describe("variables in a Compose file", () => {
    it.each([
        ["plain", "plain"],
        ["$NAME and ${NAME}.", "value and value."],
        ["$NAME_X|$NAME-x", "|value-x"],
        ["a$$b $$NAME $${NAME}", "a$b $NAME ${NAME}"],
        ["$1 costs 5$", "$1 costs 5$"],
        ["${UNSET}", ""],
        ["${UNSET:-default} ${EMPTY:-default} ${NAME:-default}", "default default value"],
        ["${UNSET-default}|${EMPTY-default}", "default|"],
        ["${UNSET:+x}|${EMPTY:+x}|${NAME:+x}", "||x"],
        ["${UNSET+x}|${EMPTY+x}", "|x"],
        ["${UNSET:-${ALSO:-$OTHER}}!", "other!"],
        ["${NAME:?must be set}${EMPTY?}", "value"],
        ["${UNSET:-a:-b}", "a:-b"],
        ["${UNSET:-{}}", "{}"],
    ])("%s is %s", (text, expected) => {
        expect(interpolate(text, lookup)).toBe(expected);
    });

    it.each([
        ["${UNSET:?say it}", "needs the variable UNSET: say it"],
        ["${EMPTY:?}", "needs the variable EMPTY"],
        ["${1}", "is not a variable"],
        ["${NAME", "without its }"],
    ])("%s: %s", (text, message) => {
        expect(() => interpolate(text, lookup)).toThrow(ComposeError);
        expect(() => interpolate(text, lookup)).toThrow(message);
    });

    it("are reported if they are not set and have no default", () => {
        const unset: string[] = [];
        interpolate("$A ${B:-b} ${C} ${NAME}", lookup, name => void unset.push(name));
        expect(unset).toEqual(["A", "C"]);
    });
});
