import type { AnalysisSettings } from "../model/AnalysisSettings";

/** What one color answered in some time. */
export interface Answered {
    requests: number;
    /** Of those, answered with a status of 500 or above, or not at all. */
    errors: number;
    /** Average response time, milliseconds; undefined without requests. */
    averageMs?: number;
    /** How much less that may be, milliseconds, by how it was measured. @default 0 */
    averageOffByMs?: number;
}

/** Failed, and nobody knows, are two things: only the first moves a link back. */
export type AnalysisResult = { kind: "good" | "unknown" | "bad"; why: string };

/** Share of errors that no predecessor allows, however bad it was. */
const mostErrors = 0.99;
/** Below this difference, milliseconds, a slower release is not called slow: it says more about the machine's caches. */
const unnoticeableMs = 100;

/**
 * What a release is compared with. Its predecessor in the same time, where that had enough requests, as beside a canary:
 * what users ask for then, they ask of both. Else its predecessor before that time.
 */
export function predecessorOf(meanwhile: Answered, before: Answered, { minRequests }: AnalysisSettings): Answered {
    return meanwhile.requests >= minRequests ? meanwhile : before;
}

/**
 * Judges what a new release has answered since it became live.
 * @param stable What its predecessor answered, see {@link predecessorOf}.
 */
export function judge(now: Answered, stable: Answered, limits: AnalysisSettings): AnalysisResult {
    if (now.requests < limits.minRequests) {
        return {
            kind: "unknown",
            why: `only ${now.requests} of the ${limits.minRequests} requests that a judgement needs (analysis.minRequests)`,
        };
    }
    const ratio = now.errors / now.requests;
    // A few answers before it say nothing: right after a return the predecessor may have given no more than one.
    const isCompared = stable.requests >= limits.minRequests;
    const before = isCompared ? stable.errors / stable.requests : 0;
    // A fix for a service that is broken already is not held to what the broken one never kept. It has to work sometimes.
    const allowed = Math.max(limits.maxErrorRatio, Math.min(2 * before, (1 + before) / 2, mostErrors));
    const share = `${now.errors} of ${now.requests} answers were errors (${percent(ratio)}`;
    if (ratio > allowed) {
        const compared = before === 0 ? "" : `; its predecessor had ${percent(before)}`;
        return { kind: "bad", why: `${share}, allowed are ${percent(allowed)}${compared})` };
    }
    const { averageMs, averageOffByMs = 0 } = now;
    // Nothing is called slow for what may be the measurement's error.
    const leastMs = (averageMs ?? 0) - averageOffByMs;
    if (averageMs !== undefined && leastMs > (limits.maxLatencyMs ?? Number.POSITIVE_INFINITY)) {
        return {
            kind: "bad",
            why: `answers took ${milliseconds(averageMs)} on average, allowed are ${limits.maxLatencyMs} ms (analysis.maxLatency)`,
        };
    }
    if (averageMs !== undefined && isCompared && stable.averageMs !== undefined) {
        const slowest = Math.max(stable.averageMs * limits.maxSlowdown, stable.averageMs + unnoticeableMs);
        if (leastMs > slowest) {
            return {
                kind: "bad",
                why:
                    `answers took ${milliseconds(averageMs)} on average, and ${milliseconds(stable.averageMs)} before: ` +
                    `more than ${limits.maxSlowdown} times as long (analysis.maxSlowdown)`,
            };
        }
    }
    return {
        kind: "good",
        why: `${share})${averageMs === undefined ? "" : `, ${milliseconds(averageMs)} on average`}`,
    };
}

function percent(ratio: number): string {
    return `${Number((ratio * 100).toFixed(1))} %`;
}

function milliseconds(value: number): string {
    return `${Math.round(value)} ms`;
}
