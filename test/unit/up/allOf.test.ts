import { describe, expect, it } from "vitest";
import { allOf } from "../../../up/allOf";

describe("calls that run at the same time", () => {
    it("have all ended before the error of one of them is thrown", async () => {
        let isOver = false;
        const slow = (async () => {
            for (let turn = 0; turn < 10; turn++) {
                await undefined;
            }
            isOver = true;
        })();
        await expect(allOf([slow, Promise.reject(new Error("no"))])).rejects.toThrow("no");
        expect(isOver).toBe(true);
    });

    it("give their results in the order of the calls", async () => {
        expect(await allOf([Promise.resolve(1), "two"])).toEqual([1, "two"]);
    });
});
