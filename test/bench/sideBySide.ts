/** The same task, done by relink and by other tools on the same machine in the same run. */
export interface SideBySide {
    /** What was done, in words. */
    task: string;
    /** Names of the tools, relink first. */
    tools: string[];
    rows: SideBySideRow[];
}

/** Less is better in each. */
export interface SideBySideRow {
    what: string;
    unit: "ms" | "s" | "";
    /** Number of each tool; undefined where it could not be measured here. */
    values: (number | undefined)[];
}

/** @returns how relink compares in one row; `-` if no other tool was measured */
export function standing({ values: [ours, ...others] }: SideBySideRow): "ahead" | "even" | "**behind**" | "-" {
    const best = Math.min(...others.filter(value => value !== undefined));
    if (ours === undefined || best === Number.POSITIVE_INFINITY) {
        return "-";
    }
    return ours < best ? "ahead" : ours === best ? "even" : "**behind**";
}
