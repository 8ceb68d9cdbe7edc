/** Counts what happened to an attacker, by what it was. */
export class Tally {
    readonly counts: Record<string, number> = {};

    add(what: string, by = 1): void {
        this.counts[what] = (this.counts[what] ?? 0) + by;
    }

    /** Keeps the largest number. */
    most(what: string, count: number): void {
        this.counts[what] = Math.max(this.counts[what] ?? 0, count);
    }
}
