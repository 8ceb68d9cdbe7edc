import type { PolicySettings } from "../model/PolicySettings";

/**
 * When a deployment that begins now has to be done, milliseconds by `Clock.nowMs`: after
 * `progressDeadline`. Where open requests are to be cut after `drainTimeout`, there is time for that and for the proof after
 * it: what stays open for as long would else end each release, and never be cut.
 */
export function deadlineOf(
    {
        progressDeadlineMs,
        healthyDeadlineMs,
        drainTimeoutMs,
        onDrainTimeout,
    }: Pick<PolicySettings, "progressDeadlineMs" | "healthyDeadlineMs" | "drainTimeoutMs" | "onDrainTimeout">,
    nowMs: number,
): number {
    const leastMs = onDrainTimeout === "close" ? drainTimeoutMs + healthyDeadlineMs : 0;
    return nowMs + Math.max(progressDeadlineMs, leastMs);
}
