import { median } from "../support/median";
import type { SideBySide } from "./sideBySide";

/** What a figure has to keep to. */
export interface Bar {
    limit: "at most" | "at least";
    value: number;
}

/** One line of the table. */
export interface Figure {
    /** What it is, in words. Unique. */
    title: string;
    /** `x` is a ratio; a count has none. */
    unit: "x" | "ms" | "s" | "";
    bar: Bar;
    /** Undefined where it could not be measured. */
    measured?: number;
    /** What was measured, one number per round, under what it is, e.g. `no-op up, s`. */
    rounds: Record<string, number[]>;
    /** What one has to know to read it right. */
    note?: string;
}

/** How one or more figures are measured. */
export interface Measurement {
    /** For `--only`. */
    name: string;
    /** How many seconds it takes, about. */
    seconds: number;
    /** @param say prints what is going on */
    measure(say: (text: string) => void): Promise<Measured>;
}

export interface Measured {
    figures: Figure[];
    /** What other tools did with the same task. */
    sideBySide?: SideBySide;
}

/** Undefined where there is nothing to judge. */
export function isMet({ measured, bar }: Figure): boolean | undefined {
    if (measured === undefined) {
        return undefined;
    }
    return bar.limit === "at most" ? measured <= bar.value : measured >= bar.value;
}

/** What the table shows and the bar is held against: no more digits than a second run would confirm. */
export function rounded(value: number, unit: Figure["unit"]): number {
    const digits = { x: 2, s: 2, ms: 1, "": 0 }[unit];
    return Number(value.toFixed(digits));
}

/**
 * A figure that compares two things which each round measures one right after the other: the median of the rounds' ratios.
 * What else the machine does in the meantime then disturbs both alike.
 */
export function ratio(one: readonly number[], other: readonly number[]): number {
    return median(one.map((value, round) => value / other[round]!));
}

/** The same for what one thing has more than the other. */
export function difference(one: readonly number[], other: readonly number[]): number {
    return median(one.map((value, round) => value - other[round]!));
}

/** Runs something several times, one after the other, `unmeasured` times before that counts. */
export async function rounds(
    count: number,
    unmeasured: number,
    run: (round: number, isMeasured: boolean) => Promise<void>,
): Promise<void> {
    for (let round = 0; round < count + unmeasured; round += 1) {
        await run(round, round >= unmeasured);
    }
}
