/** Limits for a release that has just become live. They apply to the requests that it has answered since. */
export interface AnalysisSettings {
    /**
     * The largest share of answers with a status of 500 or above, 0 to 1. If the service had more than half of that
     * share before the release, the limit is twice what it had. @default 0.05
     */
    maxErrorRatio: number;
    /** The largest average response time, milliseconds. @default undefined (none) */
    maxLatencyMs?: number;
    /**
     * The largest average response time as a multiple of the predecessor's. 100 ms more than the predecessor's are
     * allowed in any case. @default 3
     */
    maxSlowdown: number;
    /** With fewer requests relink does not judge. @default 10 */
    minRequests: number;
    /**
     * Time between two readings of the counters, milliseconds. With each one relink sends a request through the public
     * listener. @default 1000
     */
    intervalMs: number;
}
