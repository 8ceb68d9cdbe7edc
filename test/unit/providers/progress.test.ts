import { describe, expect, it } from "vitest";
import { StatusLines } from "../../../providers/progress";

/** @returns which of these statuses are shown, each with its second */
function told(isTerminal: boolean, statuses: [second: number, text: string][]): string[] {
    let second = 0;
    const lines = new StatusLines(isTerminal, () => second * 1000);
    return statuses
        .filter(([at, text]) => {
            second = at;
            return lines.isDue(text);
        })
        .map(([at, text]) => `${at}: ${text}`);
}

/** The statuses of a proof, one every 0.2 s. */
const proof = Array.from({ length: 130 }, (_, index): [number, string] => {
    const second = index / 5;
    return [second, `healthy for ${second.toFixed(1)} s of 30.0 s`];
});

describe("statuses of a row", () => {
    it("come into a log once in 10 s if only figures change", () => {
        expect(told(false, proof)).toEqual([
            "0: healthy for 0.0 s of 30.0 s",
            "10: healthy for 10.0 s of 30.0 s",
            "20: healthy for 20.0 s of 30.0 s",
        ]);
    });

    it("come into a log at once if their words change, also back to earlier ones", () => {
        const texts = ["pulling a: 1 of 2 layers", "starting 2 containers", "waiting", "starting 2 containers"];
        const statuses = texts.map((text, index): [number, string] => [index / 10, text]);
        expect(told(false, statuses)).toHaveLength(4);
    });

    it("come to a terminal whenever they change, and never twice", () => {
        const twice = proof.flatMap(status => [status, status]);
        expect(told(true, twice)).toHaveLength(proof.length);
        expect(told(false, [proof[0]!, [60, proof[0]![1]]])).toHaveLength(1);
    });
});
