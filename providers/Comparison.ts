import type { Worker } from "../haproxy/FrontState";
import { backendName } from "../haproxy/names";
import { answeredSoFar, Window } from "../haproxy/window";
import { type Answered, judge, predecessorOf, type Verdict } from "../release/analysis";
import type { AnalysisSettings, Color } from "../settings/Settings";

/** What a release answers from now on, beside its predecessor, by HAProxy's counters. */
export class Comparison {
    readonly #release: Window;
    readonly #predecessor: Window;
    /** What the predecessor answered before. */
    readonly #before: Answered;

    constructor(service: string, { color, from }: { color: Color; from: Color }, workers: readonly Worker[]) {
        this.#release = new Window(backendName(service, color), workers);
        this.#predecessor = new Window(backendName(service, from), workers);
        this.#before = answeredSoFar(backendName(service, from), workers);
    }

    /** Judges what was answered until now. */
    judge(workers: readonly Worker[], limits: AnalysisSettings): Verdict {
        this.#release.look(workers);
        this.#predecessor.look(workers);
        const stable = predecessorOf(this.#predecessor.answered(), this.#before, limits);
        return judge(this.#release.answered(), stable, limits);
    }
}
