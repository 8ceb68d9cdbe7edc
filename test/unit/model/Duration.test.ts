import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Duration } from "../../../model/Duration";

describe("Duration", () => {
    it.each([
        ["500ms", 500],
        ["0s", 0],
        ["10s", 10_000],
        ["5m", 300_000],
        ["1h", 3_600_000],
        ["90s", 90_000],
    ])("reads %s", (text, milliseconds) => {
        expect(Duration.parse(text).milliseconds).toBe(milliseconds);
    });

    it.each(["", "s", "10", "10 s", "-1s", "1.5s", "1d", "10S", "10s\n", "1h30m", "99999999999999s", "600h", "٣s"])(
        "refuses %j",
        text => {
            expect(() => Duration.parse(text)).toThrow(RangeError);
        },
    );

    it("refuses a bare number, because it needs a unit", () => {
        expect(() => Duration.parse("10")).toThrow("needs a unit");
    });

    it.each([
        [0, "0s"],
        [1_500, "1500ms"],
        [60_000, "1m"],
        [90_000, "90s"],
        [7_200_000, "2h"],
    ])("spells %d ms as %s", (milliseconds, text) => {
        expect(Duration.ofMilliseconds(milliseconds).toString()).toBe(text);
    });

    it("reads back each text that it spells", () => {
        fc.assert(
            fc.property(fc.integer({ min: 0, max: 2_147_483_647 }), milliseconds => {
                const text = Duration.ofMilliseconds(milliseconds).toString();
                expect(Duration.parse(text).milliseconds).toBe(milliseconds);
            }),
        );
    });
});
