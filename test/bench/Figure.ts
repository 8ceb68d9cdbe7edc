import { median } from "../support/median";
import type { SideBySide } from "./sideBySide";

/** The limit of a figure. */
export interface Bar {
    limit: "at most" | "at least";
    value: number;
}

/** One line of the table. */
export interface Figure {
    /** Unique name, in words. */
    title: string;
    /** `x` is a ratio; a count has none. */
    unit: "x" | "ms" | "s" | "MB" | "";
    /** Undefined where the figure has no limit. */
    bar?: Bar;
    /** Undefined if it could not be measured. */
    measured?: number;
    /** Measured numbers, one for each round, by what they are, e.g. `no-op up, s`. */
    rounds: Record<string, number[]>;
    /** What a reader has to know about the figure. */
    note?: string;
}

/** How one or more figures are measured. */
export interface Measurement {
    /** For `--only`. */
    name: string;
    /** Seconds that it takes, about. */
    seconds: number;
    /** @param say prints the progress */
    measure(say: (text: string) => void): Promise<Measured>;
}

export interface Measured {
    figures: Figure[];
    /** Results of other tools with the same task. */
    sideBySide?: SideBySide;
}

/** @returns whether a figure meets its bar; undefined without a bar or a figure */
export function isMet({ measured, bar }: Figure): boolean | undefined {
    if (measured === undefined || bar === undefined) {
        return undefined;
    }
    return bar.limit === "at most" ? measured <= bar.value : measured >= bar.value;
}

/** @returns the value in the table, with as many digits as a second run would confirm */
export function rounded(value: number, unit: Figure["unit"]): number {
    const digits = { x: 2, s: 2, ms: 1, MB: 1, "": 0 }[unit];
    return Number(value.toFixed(digits));
}

/**
 * @returns a figure that compares two things: the median of the rounds' ratios. Each round measures both, one right after the
 * other, so that other work of the machine disturbs both alike
 */
export function ratio(one: readonly number[], other: readonly number[]): number {
    return median(one.map((value, round) => value / other[round]!));
}

/** @returns the same for the difference of two things */
export function difference(one: readonly number[], other: readonly number[]): number {
    return median(one.map((value, round) => value - other[round]!));
}

/** Runs something several times, one after the other. The first `unmeasured` times do not count. */
export async function rounds(
    count: number,
    unmeasured: number,
    run: (round: number, isMeasured: boolean) => Promise<void>,
): Promise<void> {
    for (let round = 0; round < count + unmeasured; round += 1) {
        await run(round, round >= unmeasured);
    }
}
