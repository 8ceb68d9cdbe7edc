import { Coverage } from "../life/Coverage";
import type { SeedResult } from "./runSeed";

type Count = [name: string, times: number];
/** Faults have no order of their own: they come up by chance. */
const byName = ([one]: Count, [other]: Count) => one.localeCompare(other);
const inOrder = () => 0;

/** All seeds of a run together. */
export class Totals {
    readonly coverage = new Coverage();
    readonly failed: SeedResult[] = [];
    seeds = 0;
    lives = 0;

    add(result: SeedResult): void {
        this.seeds++;
        this.lives += result.lives;
        if (result.failure !== undefined) {
            this.failed.push(result);
        }
        for (const kind of Object.keys(result.coverage) as (keyof Coverage)[]) {
            const counts: Record<string, number> = this.coverage[kind];
            for (const [name, times] of Object.entries(result.coverage[kind])) {
                counts[name] = (counts[name] ?? 0) + times;
            }
        }
    }

    /** How far it has come, in one line. */
    progress(seconds: number): string {
        const { seeds, lives, failed } = this;
        const perSecond = (lives / Math.max(seconds, 0.001)).toFixed(0);
        return `${lives} lives of ${seeds} seeds in ${seconds.toFixed(0)} s, ${perSecond} lives per second, ${failed.length} failing`;
    }

    /** How often everything came up, one line each. */
    coverageText(): string {
        return Object.entries(this.coverage)
            .map(([kind, counts]) => {
                const width = Math.max(...Object.values<number>(counts).map(times => String(times).length));
                const lines = Object.entries<number>(counts)
                    .sort(kind === "faults" ? byName : inOrder)
                    .map(([name, times]) => `    ${String(times).padStart(width)}  ${name}`);
                return [`${kind}:`, ...lines].join("\n");
            })
            .join("\n");
    }
}
