import type { AnalysisSettings } from "../model/AnalysisSettings";
import type { Color } from "../model/Color";
import type { TrafficNoun } from "../model/trafficNoun";
import { type CountersByWorker, Window } from "../model/Window";
import { type AnalysisResult, type Answered, judge, predecessorOf } from "../plan/analysis";

/** What HAProxy has counted of both colors at one moment. */
type Counters = Record<Color, CountersByWorker>;

/** What a release answers from now on, beside its predecessor, by HAProxy's counters. */
export class Comparison {
    readonly #release: Window;
    readonly #predecessor: Window;
    /** What the predecessor answered before. */
    readonly #before: Answered;

    /**
     * @param colors the color of the release, and that of its predecessor
     * @param now what is counted by now
     * @param since what the predecessor's color had counted when it became live; without it, everything counts
     */
    constructor(
        private readonly colors: { color: Color; from: Color },
        now: Counters,
        since: CountersByWorker | undefined,
    ) {
        const { color, from } = colors;
        this.#release = new Window(now[color]);
        this.#predecessor = new Window(now[from]);
        const earlier = new Window(since);
        earlier.look(now[from]);
        this.#before = earlier.answered();
    }

    /** Judges what was answered until now. */
    judge(now: Counters, limits: AnalysisSettings, noun: TrafficNoun = "requests"): AnalysisResult {
        const { color, from } = this.colors;
        this.#release.look(now[color]);
        this.#predecessor.look(now[from]);
        const stable = predecessorOf(this.#predecessor.answered(), this.#before, limits);
        return judge(this.#release.answered(), stable, limits, noun);
    }
}
