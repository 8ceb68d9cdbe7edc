import type { AnalysisSettings } from "../model/AnalysisSettings";
import type { Color } from "../model/Color";
import type { HooksSettings } from "../model/HooksSettings";
import type { RecordedRelease } from "../model/Release";
import type { HookContext } from "./Hooks";

/** How a release is judged once it is live. */
export interface BakePolicy {
    bakeTimeMs: number;
    analysis: AnalysisSettings;
    hooks: Pick<HooksSettings, "postPromotion" | "onRollback">;
    retryToken?: string;
    /** What requests of hooks have as their Host. */
    host: string;
    url: string;
}

/** How long a promotion is judged, milliseconds; undefined where nothing judges it. */
export function bakeMsOf({ bakeTimeMs, hooks }: BakePolicy): number | undefined {
    return bakeTimeMs === 0 && hooks.postPromotion === undefined ? undefined : bakeTimeMs;
}

/** @returns what a hook is told about a release. */
export function hookContextOf(
    hook: HookContext["hook"],
    service: string,
    color: Color,
    { image, id }: RecordedRelease,
    { url }: BakePolicy,
): HookContext {
    return { hook, service, color, image, release: id, url };
}
