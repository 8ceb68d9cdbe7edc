/** The same task, done by relink and by other tools on the same machine in the same run. */
export interface SideBySide {
    /** Its heading. @default "Side by side" */
    title?: string;
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

/**
 * @param seen rounds of each tool, relink's first
 * @param tools how many the table has; those without rounds could not be measured here
 * @returns what makes a row of the table out of them
 */
export function rowsOf<Round>(seen: readonly Round[][], tools: number) {
    return (what: string, unit: SideBySideRow["unit"], of: (rounds: Round[]) => number): SideBySideRow => ({
        what,
        unit,
        values: Array.from({ length: tools }, (_, tool) => seen[tool] && of(seen[tool])),
    });
}

/** @returns the sum over all rounds */
export function sum<Round>(of: (round: Round) => number) {
    return (rounds: Round[]): number => rounds.reduce((total, round) => total + of(round), 0);
}

/** @returns how many percent one sum over all rounds is of another */
export function share<Round>(part: (round: Round) => number, whole: (round: Round) => number) {
    return (rounds: Round[]): number => (100 * sum(part)(rounds)) / sum(whole)(rounds);
}

/** @returns how relink compares in one row; `-` if no other tool was measured */
export function standing({ values: [ours, ...others] }: SideBySideRow): "ahead" | "even" | "**behind**" | "-" {
    const best = Math.min(...others.filter(value => value !== undefined));
    if (ours === undefined || best === Number.POSITIVE_INFINITY) {
        return "-";
    }
    return ours < best ? "ahead" : ours === best ? "even" : "**behind**";
}
