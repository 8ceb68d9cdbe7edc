import type { LaneKind } from "./LoadOptions";

/** How a request was lost, or what is wrong with its answer. */
export type FailureKind =
    /** no connection came about */
    | "connect"
    /** the connection was there, but the handshake of TLS failed */
    | "handshake"
    /** the connection was reset before the response began */
    | "reset"
    /** the connection was closed in order, before the response began */
    | "closed before response"
    /** the response began and did not end as its content-length or its chunks said */
    | "closed mid-body"
    /** answered with status 500 or above */
    | "5xx"
    /** answered with status 400 to 499 */
    | "4xx"
    /** answered with status 300 to 399 */
    | "redirect"
    /** answered with another status than 200, or 101 for a WebSocket */
    | "unexpected status"
    /** not answered in full in time */
    | "timeout"
    /** the bytes were not an HTTP response */
    | "malformed"
    /** the answer does not carry the id of this request: it belongs to another one, or to none */
    | "wrong id"
    /** a service answered that was not asked */
    | "wrong service"
    /** a version answered that was not expected, or head and body name two versions */
    | "wrong version"
    /** whole by its length, but not what was asked for */
    | "wrong body"
    /** bytes came after the whole answer; the request counts as failed although it was answered */
    | "answered twice"
    /** an open WebSocket was lost without a close frame, or was silent for longer than the timeout */
    | "WebSocket cut"
    /** the server closed an open WebSocket with a close frame (1001 and the like) */
    | "WebSocket ended"
    /** an open WebSocket said something else than the echo that was due */
    | "wrong echo";

/** A bound that ended the load before it was stopped. */
export type Bound = "maxSeconds" | "maxRequests";

/** One lost request. Times are milliseconds since the load began. */
export interface Failure {
    kind: FailureKind;
    /** When it began and when it failed. */
    startedMs: number;
    failedMs: number;
    lane: LaneKind;
    /** Status, error code, or how much of the body had come. */
    detail: string;
    /** Which connection (numbered over the run), and which request on it (1 = the first, so a new connection). */
    connection: number;
    requestOnConnection: number;
    version: string | undefined;
}

/** Requests that a version answered; times are when the first and the last of them BEGAN, in ms since the start. */
export interface VersionSeen {
    requests: number;
    firstSeenMs: number;
    lastSeenMs: number;
}

/** Time from the beginning of a request (connection included) to the end of its response; GET, POST, new connections, HTTP/2. */
export interface Latency {
    count: number;
    p50Ms: number;
    p99Ms: number;
    maxMs: number;
}

/** One second of the load: the requests that BEGAN in it. */
export interface Bucket {
    /** 0 is the first second. */
    second: number;
    /** Requests that each version answered in full and rightly, by lane. */
    answered: Record<string, Partial<Record<LaneKind, number>>>;
    failed: number;
    latency: Latency;
}

/** What a version is called that does not say its name. */
export const namelessVersion = "(none)";

/** The answers changed from one version to another. */
export interface Switch {
    from: string;
    to: string;
    /** The beginning of the first request that the new version answered, in ms since the start. */
    atMs: number;
    /** How long requests that began after that were still answered by the old version (0: none was). */
    overlapMs: number;
    /** Latency from `windowMs` before to `windowMs` after `atMs`. */
    around: Latency;
}

/** What happened between one mark and the next. A request belongs to the phase in which it began. */
export interface Phase {
    /** The mark's name; the first phase is "start". */
    name: string;
    fromMs: number;
    toMs: number;
    requests: number;
    answered: number;
    failed: number;
    refused: number;
    open: number;
    byVersion: Record<string, VersionSeen>;
    latency: Latency;
    /** Latency outside the windows around the switches. */
    steady: Latency;
    /** Latency from `windowMs` before to `windowMs` after the mark. */
    aroundMark: Latency;
    switches: Switch[];
}

export interface WebSocketCounts {
    /** Handshakes answered with 101 (they are requests too). */
    opened: number;
    /** Open when the load was stopped. */
    alive: number;
    /** See the failure "WebSocket ended". Those are failed requests too. */
    ended: number;
    /** See the failure "WebSocket cut". Those are failed requests too. */
    cut: number;
    messagesSent: number;
    messagesAnswered: number;
}

export interface StreamCounts {
    /** Streaming responses that began. */
    opened: number;
    completed: number;
    /** Ended too early, or with something else than was asked for (those are failed requests too). */
    cut: number;
}

/** The counts at one moment. `requests === answered + failed + refused + open`, always. */
export interface LoadSnapshot {
    /** Milliseconds since the start. */
    atMs: number;
    requests: number;
    answered: number;
    failed: number;
    /**
     * Streams of HTTP/2 that the server says it has not processed: REFUSED_STREAM, or above the last id of its GOAWAY. A client
     * may send such a request again, and browsers do (RFC 9113, sections 6.8 and 8.7). So it is not lost.
     */
    refused: number;
    open: number;
    byVersion: Record<string, VersionSeen>;
    byStatus: Record<string, number>;
    byLane: Partial<Record<LaneKind, number>>;
    webSockets: WebSocketCounts;
    streams: StreamCounts;
}

export interface LoadResult extends LoadSnapshot {
    startedAt: string;
    /** From the start until no request began any more. */
    seconds: number;
    requestsPerSecond: number;
    /** CPU time that the load client took. */
    cpuSeconds: number;
    /** The longest that the load client could do nothing, as on a machine that is too busy: its requests were as late. */
    longestPauseMs: number;
    /** How many connections were opened, WebSockets included. */
    connections: number;
    failuresByKind: Partial<Record<FailureKind, number>>;
    /** The same by the version that answered; `namelessVersion` where none did. */
    failuresByVersion: Record<string, Partial<Record<FailureKind, number>>>;
    /** The first 20 of each kind and version. */
    failures: Failure[];
    latency: Latency;
    /** Latency outside the windows around the switches. */
    steady: Latency;
    /** Second by second, without those in which no request began. */
    buckets: Bucket[];
    phases: Phase[];
    /** Of all phases, in order. */
    switches: Switch[];
    /** Which bound ended the load before it was stopped. */
    boundReached?: Bound;
}
