import { backendName } from "../haproxy/names";
import type { AnalysisSettings } from "../model/AnalysisSettings";
import type { Color } from "../model/Color";
import type { Worker } from "../model/FrontState";
import { type CountersByWorker, countersOf, Window } from "../model/Window";
import { type Answered, judge, predecessorOf, type Verdict } from "../plan/analysis";

/** What a release answers from now on, beside its predecessor, by HAProxy's counters. */
export class Comparison {
    readonly #release: Window;
    readonly #predecessor: Window;
    /** What the predecessor answered before. */
    readonly #before: Answered;

    /** @param since what the predecessor's color had counted when it became live; without it, everything counts */
    constructor(
        service: string,
        { color, from }: { color: Color; from: Color },
        workers: readonly Worker[],
        since: CountersByWorker | undefined,
    ) {
        const [release, predecessor] = [backendName(service, color), backendName(service, from)];
        this.#release = new Window(release, countersOf(release, workers));
        this.#predecessor = new Window(predecessor, countersOf(predecessor, workers));
        const earlier = new Window(predecessor, since);
        earlier.look(workers);
        this.#before = earlier.answered();
    }

    /** Judges what was answered until now. */
    judge(workers: readonly Worker[], limits: AnalysisSettings): Verdict {
        this.#release.look(workers);
        this.#predecessor.look(workers);
        const stable = predecessorOf(this.#predecessor.answered(), this.#before, limits);
        return judge(this.#release.answered(), stable, limits);
    }
}
