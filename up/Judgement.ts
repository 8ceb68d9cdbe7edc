import type { HookSettings } from "../model/HooksSettings";
import type { Intent } from "../model/Intent";
import type { RecordedRelease } from "../model/Release";
import { shareText } from "../model/Share";
import { trafficOf } from "../model/trafficNoun";
import type { CountersByWorker } from "../model/Window";
import type { AnalysisResult } from "../plan/analysis";
import { type BakePolicy, hookContextOf } from "./BakePolicy";
import { Comparison } from "./Comparison";
import type { Questions } from "./Front";
import type { HookOutcome } from "./Hooks";
import type { Up } from "./Up";

/** An open judgement, as the record has it. */
export type Bake = Extract<Intent, { kind: "bake" }>;

/** Shortest time between two looks, milliseconds, however short the judgement is. */
const fastestLookMs = 50;
/** Looks beyond the requests that a judgement needs, because HAProxy counts an answer a moment after it is sent. */
const looksToSpare = 2;

/** One release in its first time with users. */
export class Judgement {
    #hook: HookOutcome | undefined;

    constructor(
        private readonly up: Up,
        private readonly policy: BakePolicy,
        private readonly intent: Bake,
        private readonly release: RecordedRelease,
    ) {}

    /**
     * Watches the release until its time is over.
     * @param since what the predecessor's color had counted when it became live; without it, everything counts
     * @returns bad as soon as that is sure
     */
    async run(since: CountersByWorker | undefined): Promise<AnalysisResult> {
        const comparison = new Comparison(this.intent, await this.up.front.counters(), since);
        const questions = await this.up.front.questions();
        const { postPromotion } = this.policy.hooks;
        try {
            const hook = this.#runHook(postPromotion, questions);
            const verdict = await this.#watch(comparison, questions);
            if (verdict.kind === "bad") {
                return verdict;
            }
            if (this.#hook === undefined && postPromotion !== undefined) {
                this.up.progress.status("waiting for hooks.postPromotion");
            }
            await hook;
            return this.#withHook(verdict);
        } finally {
            await questions.end();
        }
    }

    /** Looks at the numbers until the time is over, they are bad, or the hook has failed. */
    async #watch(comparison: Comparison, questions: Questions): Promise<AnalysisResult> {
        const { clock } = this.up;
        const { bakeTimeMs, analysis } = this.policy;
        const lookMs = this.#lookMs();
        const deadline = clock.nowMs() + (await this.#leftMs(lookMs));
        let verdict: AnalysisResult = { kind: "good", why: "nothing was to be judged by numbers" };
        // A look takes time itself, and a slow one more. What is missing at the end is asked for then, one after the other.
        let extraLooks = analysis.minRequests + looksToSpare;
        const goesOn = () => clock.nowMs() < deadline || (verdict.kind === "unknown" && extraLooks-- > 0);
        while (bakeTimeMs > 0 && goesOn() && this.#hook?.kind !== "failed") {
            verdict = await this.#look(comparison, questions);
            if (verdict.kind === "bad") {
                return verdict;
            }
            const leftMs = Math.max(0, deadline - clock.nowMs());
            this.#tell(leftMs, verdict);
            await clock.sleep(Math.min(lookMs, Math.max(fastestLookMs, leftMs)));
        }
        return verdict;
    }

    /** Time between two looks. Requests of ours alone must be enough: a release without users is judged too. */
    #lookMs(): number {
        const { bakeTimeMs, analysis } = this.policy;
        const needed = Math.floor(bakeTimeMs / (analysis.minRequests + looksToSpare));
        return Math.max(fastestLookMs, Math.min(analysis.intervalMs, needed));
    }

    /** What is left of the time that the record says, but never less than the requests need. */
    async #leftMs(lookMs: number): Promise<number> {
        const { bakeTimeMs, analysis } = this.policy;
        const least = Math.min(bakeTimeMs, analysis.minRequests * lookMs * 2);
        const now = await this.up.clock.hostNow();
        return Math.max(new Date(this.intent.until).getTime() - now.getTime(), least);
    }

    #tell(leftMs: number, { why }: AnalysisResult): void {
        const { step } = this.intent;
        const where = step === undefined ? "" : ` at ${shareText(step.weight)}`;
        const seconds = Math.ceil(leftMs / 1000);
        this.up.progress.status(`judging ${this.release.image}${where}, ${seconds} s left: ${why}`);
    }

    async #look(comparison: Comparison, questions: Questions): Promise<AnalysisResult> {
        await this.up.journal.enter("link: bake");
        if (this.intent.step?.analysis === false) {
            return { kind: "good", why: "it was not judged" };
        }
        await this.#ask(questions);
        try {
            const counted = await this.up.front.counters();
            return comparison.judge(counted, this.policy.analysis, trafficOf(this.release));
        } catch (error) {
            return { kind: "unknown", why: `HAProxy could not be asked: ${(error as Error).message}` };
        }
    }

    /** Sends one request of ours, for HAProxy to count. */
    async #ask(questions: Questions): Promise<void> {
        const { step, color } = this.intent;
        try {
            const asked = step === undefined ? undefined : color;
            const answer = await questions.ask("http", this.release.settings, asked);
            if (answer.release === undefined) {
                // A reload has made workers that do not know the secret.
                await questions.renew();
            }
        } catch {
            // HAProxy's counters decide. A front that does not answer says nothing about the release.
        }
    }

    async #runHook(settings: HookSettings | undefined, questions: Questions): Promise<void> {
        if (settings === undefined) {
            return;
        }
        const { policy, release, up } = this;
        this.#hook = await up.hooks.run({
            settings,
            context: hookContextOf("postPromotion", up.service, this.intent.color, release, policy),
            ask: (path, timeoutMs) => questions.get("http", path, policy.host, timeoutMs),
            secretValues: Object.values(release.secretValues),
            show: line => up.progress.status(`hooks.postPromotion: ${line}`),
        });
    }

    #withHook(verdict: AnalysisResult): AnalysisResult {
        const outcome = this.#hook;
        if (outcome === undefined || outcome.kind === "passed") {
            return verdict;
        }
        return { kind: outcome.kind === "failed" ? "bad" : "unknown", why: outcome.text };
    }
}
