import type { AnalysisSettings } from "../model/AnalysisSettings";
import type { TrafficNoun } from "../model/trafficNoun";

/** What one color answered in some time. */
export interface Answered {
    /** Of a TCP service its connections. */
    requests: number;
    /** Requests that got a status of 500 or above, or no answer; connections that failed. They count in `requests` too. */
    errors: number;
    /** Average response time, milliseconds; undefined without requests. */
    averageMs?: number;
    /** Error of that measurement, milliseconds: the true average may be lower by this much. @default 0 */
    averageOffByMs?: number;
}

/** What the numbers say of a release. Only `bad` moves the link back; `unknown` leaves it. */
export interface AnalysisResult {
    kind: "good" | "unknown" | "bad";
    why: string;
}

/** The largest share of errors that any predecessor allows. */
const mostErrors = 0.99;
/** A release that is slower by less than this, milliseconds, is not slow: the machine's caches explain the difference. */
const unnoticeableMs = 100;

/**
 * Chooses what a release is compared with. A predecessor with enough requests in the same time, as beside a canary, is the
 * better one: users ask both colors for the same things then.
 * @param meanwhile what the predecessor answered in the same time
 * @param before what the predecessor answered before that time
 */
export function predecessorOf(meanwhile: Answered, before: Answered, { minRequests }: AnalysisSettings): Answered {
    return meanwhile.requests >= minRequests ? meanwhile : before;
}

/**
 * Judges what a new release has answered since it became live.
 * @param stable what its predecessor answered, see {@link predecessorOf}
 */
export function judge(
    now: Answered,
    stable: Answered,
    limits: AnalysisSettings,
    noun: TrafficNoun = "requests",
): AnalysisResult {
    const { minRequests } = limits;
    if (now.requests < minRequests) {
        const why = `only ${now.requests} of the ${minRequests} ${noun} that a judgement needs (analysis.minRequests)`;
        return { kind: "unknown", why };
    }
    // A few answers of the predecessor say nothing. Right after a return it may have given only one.
    const compared = stable.requests >= minRequests ? stable : undefined;
    const bad = tooManyErrors(now, compared, limits, noun) ?? tooSlow(now, compared, limits);
    const speed = now.averageMs === undefined ? "" : `, ${milliseconds(now.averageMs)} on average`;
    return bad === undefined ? { kind: "good", why: `${errorsOf(now, noun)})${speed}` } : { kind: "bad", why: bad };
}

function tooManyErrors(
    now: Answered,
    stable: Answered | undefined,
    limits: AnalysisSettings,
    noun: TrafficNoun,
): string | undefined {
    const before = stable === undefined ? 0 : stable.errors / stable.requests;
    // A fix for a broken service may have the errors that the broken one had. But it has to work sometimes.
    const allowed = Math.max(limits.maxErrorRatio, Math.min(2 * before, (1 + before) / 2, mostErrors));
    if (now.errors / now.requests <= allowed) {
        return undefined;
    }
    const compared = before === 0 ? "" : `; its predecessor had ${percent(before)}`;
    return `${errorsOf(now, noun)}, allowed are ${percent(allowed)}${compared})`;
}

function tooSlow(now: Answered, stable: Answered | undefined, limits: AnalysisSettings): string | undefined {
    const { averageMs, averageOffByMs = 0 } = now;
    if (averageMs === undefined) {
        return undefined;
    }
    const { maxLatencyMs = Number.POSITIVE_INFINITY, maxSlowdown } = limits;
    const took = `answers took ${milliseconds(averageMs)} on average`;
    // The error of the measurement counts in favor of the release.
    const leastMs = averageMs - averageOffByMs;
    if (leastMs > maxLatencyMs) {
        return `${took}, allowed are ${maxLatencyMs} ms (analysis.maxLatency)`;
    }
    const before = stable?.averageMs;
    return before !== undefined && leastMs > Math.max(before * maxSlowdown, before + unnoticeableMs)
        ? `${took}, and ${milliseconds(before)} before: more than ${maxSlowdown} times as long (analysis.maxSlowdown)`
        : undefined;
}

/** @returns `3 of 40 answers were errors (7.5 %` or `3 of 40 connections failed (7.5 %`, without the closing bracket. */
function errorsOf({ requests, errors }: Answered, noun: TrafficNoun): string {
    const failed = noun === "connections" ? "connections failed" : "answers were errors";
    return `${errors} of ${requests} ${failed} (${percent(errors / requests)}`;
}

function percent(ratio: number): string {
    return `${Number((ratio * 100).toFixed(1))} %`;
}

function milliseconds(value: number): string {
    return `${Math.round(value)} ms`;
}
