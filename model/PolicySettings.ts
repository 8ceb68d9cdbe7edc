import type { AnalysisSettings } from "./AnalysisSettings";
import type { HooksSettings } from "./HooksSettings";
import type { StrategySettings } from "./StrategySettings";

/** The settings of class *policy*: how a release is done. A change does nothing by itself. */
export interface PolicySettings {
    /** How a new release takes the place of the old one. @default blueGreen */
    strategy: StrategySettings;
    /** A new release must be healthy for this long without a break, milliseconds. @default 5000 */
    minHealthyTimeMs: number;
    /** One container must be healthy within this time of its start, milliseconds. @default 300000 */
    healthyDeadlineMs: number;
    /** The whole deployment of a release must be done within this time, milliseconds. @default 600000 */
    progressDeadlineMs: number;
    /**
     * How long open requests and connections on the old color may last before `onDrainTimeout`, milliseconds.
     * @default 60000
     */
    drainTimeoutMs: number;
    /**
     * What happens after `drainTimeoutMs`. `close`: relink cuts what is open, and reports it. `wait`: it waits up to
     * `progressDeadlineMs`, then stops with an error that counts what is open. @default "close"
     */
    onDrainTimeout: "close" | "wait";
    /** What happens to the old color after a release. @default "keep" (warm: going back is one switch) */
    previousColor: "keep" | "stop" | "remove";
    /** How many stable releases keep their image and settings, the present one included. @default 3 */
    keepReleases: number;
    /**
     * A new release takes over as soon as it is proved. If false, it waits until `promote` names it; meanwhile its
     * preview address reaches it. Going back to a release that was live before never waits. @default true
     */
    autoPromotion: boolean;
    /**
     * How long a release is judged once it is live, milliseconds; then it is stable. Its predecessor stays warm
     * meanwhile. 0: it is not judged. The first release has no predecessor, and is not judged either. @default 15000
     */
    bakeTimeMs: number;
    /** The limits by which it is judged. */
    analysis: AnalysisSettings;
    /** The user's own steps. */
    hooks: HooksSettings;
    /** Any text. If it changes, relink tries a release again that was judged bad. @default undefined */
    retryToken?: string;
    /**
     * What an `up` does when the live system differs from what was last confirmed. `fail`: it reports the difference
     * and changes nothing. `repair`: it restores the recorded release and link, and does nothing else. @default "fail"
     */
    driftPolicy: "fail" | "repair";
    /** The former name of this stack, `project/stack`, under which it made the front. @default undefined */
    adoptFrom?: string;
    /** How long an `up` waits for another one on the same front, milliseconds. @default 0 (it refuses at once) */
    lockTimeoutMs: number;
}

/** The part of the policy that procedures need. The plan uses the rest, or passes it on separately. */
export type ActionPolicy = Omit<
    PolicySettings,
    "hooks" | "driftPolicy" | "strategy" | "bakeTimeMs" | "analysis" | "adoptFrom"
>;
