/** Limits for a release that has just become live, over the requests that it answered since. */
export interface AnalysisSettings {
    /**
     * Largest share of answers with a status of 500 or above, 0 to 1. A service that had more than half of that share
     * before the release is allowed twice what it had. @default 0.05
     */
    maxErrorRatio: number;
    /** Largest average response time, milliseconds. @default undefined (none) */
    maxLatencyMs?: number;
    /** How many times the average response time of the predecessor it may have, beyond 100 ms more. @default 3 */
    maxSlowdown: number;
    /** Requests without which nothing is judged. @default 10 */
    minRequests: number;
    /** Time between two looks, milliseconds; at each of them one request of ours goes through the public listener. @default 1000 */
    intervalMs: number;
}
