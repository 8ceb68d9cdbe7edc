import type { AnalysisSettings } from "./AnalysisSettings";
import type { HooksSettings } from "./HooksSettings";
import type { StrategySettings } from "./StrategySettings";

/** Everything of class *policy*: how a release is done. A change does nothing by itself. */
export interface PolicySettings {
    /** How a new release takes the place of the old one. @default blueGreen */
    strategy: StrategySettings;
    /** A new release must be healthy for this long without a break, milliseconds. @default 5000 */
    minHealthyTimeMs: number;
    /** One container must be healthy within this time of its start, milliseconds. @default 300000 */
    healthyDeadlineMs: number;
    /** The whole deployment of a release must be done within this time, milliseconds. @default 600000 */
    progressDeadlineMs: number;
    /** How long what is open on the old color may go on before `onDrainTimeout`, milliseconds. @default 60000 */
    drainTimeoutMs: number;
    /**
     * What happens after `drainTimeoutMs`: `close` cuts what is open and reports it; `wait` waits up to
     * `progressDeadlineMs` and then stops with an error that counts what is open. @default "close"
     */
    onDrainTimeout: "close" | "wait";
    /** What becomes of the old color after a release. @default "keep" (warm: going back is one switch) */
    previousColor: "keep" | "stop" | "remove";
    /** Of how many stable releases, the present one included, image and settings are kept. @default 3 */
    keepReleases: number;
    /**
     * A new release takes over as soon as it is proved; if false, it waits, reachable at its preview address, until
     * `promote` names it. Going back to a release that was live before never waits. @default true
     */
    autoPromotion: boolean;
    /**
     * How long a release that has just become live is judged before it counts as stable, milliseconds; its predecessor
     * stays warm meanwhile. 0 judges nothing. The first release has no predecessor and is not judged. @default 15000
     */
    bakeTimeMs: number;
    /** By what it is judged. */
    analysis: AnalysisSettings;
    /** The user's own steps. */
    hooks: HooksSettings;
    /** Any text; a change of it lets a release that was judged bad be tried again. @default undefined */
    retryToken?: string;
    /**
     * What to do where the live system is not what was last confirmed: `fail` says what and changes nothing, `repair`
     * restores the recorded live release and link, and does nothing else in that `up`. @default "fail"
     */
    driftPolicy: "fail" | "repair";
    /** `project/stack` that this stack was called when the front was made, or last adopted. @default undefined */
    adoptFrom?: string;
    /** How long to wait for another `up` at work on the same front, milliseconds. @default 0 (refuse at once) */
    lockTimeoutMs: number;
}

/** What a provider needs of the policy while it acts: the rest is the plan's business, or is passed on by itself. */
export type ActionPolicy = Omit<
    PolicySettings,
    "hooks" | "driftPolicy" | "strategy" | "bakeTimeMs" | "analysis" | "adoptFrom"
>;
