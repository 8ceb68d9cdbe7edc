/** What a lane does again and again. A lane has one connection, and one request at a time. */
export type LaneKind = "get" | "post" | "newConnection" | "slow" | "stream" | "webSocket";

/** How many connections do something else than GET over a kept connection. */
export interface LoadMix {
    /** POST with a body, over a kept connection. */
    post?: number;
    /** GET over a connection of its own (`Connection: close`), at most one every 10 ms per lane. */
    newConnection?: number;
    /** GET of a slow response, over a kept connection. */
    slow?: number;
    /** GET of a streaming response, over a kept connection. */
    stream?: number;
    /** A WebSocket that stays open and sends a message every 250 ms. */
    webSocket?: number;
}

/** Which services and versions may answer. Any other answer is a failure. */
export interface AnsweredBy {
    /** Names of services. @default any */
    services?: readonly string[];
    /** @default any */
    versions?: readonly string[];
}

export interface LoadOptions {
    /** URL: `http://host:port`, and optionally the path of GET and POST. Only http. */
    url: string;
    /** Host header. Default: host and port of `url`. */
    hostHeader?: string;
    /** How many connections at the same time. Those that `mix` does not name do GET. Default 16. */
    connections?: number;
    /** Default: 4 POST, 1 new connections, 1 slow, 1 stream, 1 WebSocket. Given, it replaces the default whole. */
    mix?: LoadMix;
    /** Bound for GET and POST (all lanes together), requests per second. Default: as fast as the answers come. */
    ratePerSecond?: number;
    /** Hard bound: after so many seconds no request begins. Default 60. */
    maxSeconds?: number;
    /** Hard bound: no more than this many requests begin. Default 5,000,000. */
    maxRequests?: number;
    /** A request that is not answered in full after this long has failed (slow and stream: on top). Default 10000. */
    timeoutMs?: number;
    /** Who may answer, until a mark says otherwise. @default any service and version */
    answeredBy?: AnsweredBy;
    /** Paths (with query) of the sample service. */
    paths?: { slow?: string; stream?: string; webSocket?: string };
    /** A command that the client's process is started through, such as `nsenter` with a network namespace. */
    through?: string[];
    /** Half the width of the window around a mark or a switch in which latency is told apart. Default 1000. */
    windowMs?: number;
}

/** Options with every default filled in, as the lanes use them. */
export interface LoadPlan {
    host: string;
    port: number;
    hostHeader: string;
    path: string;
    slowPath: string;
    streamPath: string;
    webSocketPath: string;
    /** One entry per lane. */
    lanes: LaneKind[];
    ratePerSecond: number;
    maxSeconds: number;
    maxRequests: number;
    timeoutMs: number;
    windowMs: number;
    answeredBy: AnsweredBy;
}

const defaultMix: LoadMix = { post: 4, newConnection: 1, slow: 1, stream: 1, webSocket: 1 };

/** Checks the options and fills in the defaults. Throws on what cannot be done. */
export function planLoad(options: LoadOptions): LoadPlan {
    const url = new URL(options.url);
    if (url.protocol !== "http:") {
        throw new Error(`the load client speaks http only, not ${url.protocol}`);
    }
    const connections = options.connections ?? 16;
    const lanes: LaneKind[] = [];
    for (const [kind, count] of Object.entries(options.mix ?? defaultMix)) {
        for (let index = 0; index < (count ?? 0); index += 1) {
            lanes.push(kind as LaneKind);
        }
    }
    if (lanes.length > connections) {
        throw new Error(`the mix asks for ${lanes.length} connections, but there are ${connections}`);
    }
    while (lanes.length < connections) {
        lanes.unshift("get");
    }
    return {
        host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
        port: url.port === "" ? 80 : Number(url.port),
        hostHeader: options.hostHeader ?? url.host,
        path: url.pathname + url.search,
        slowPath: options.paths?.slow ?? "/slow?ms=300",
        streamPath: options.paths?.stream ?? "/stream?seconds=2",
        webSocketPath: options.paths?.webSocket ?? "/ws",
        lanes,
        ratePerSecond: options.ratePerSecond ?? Number.POSITIVE_INFINITY,
        maxSeconds: options.maxSeconds ?? 60,
        maxRequests: options.maxRequests ?? 5_000_000,
        timeoutMs: options.timeoutMs ?? 10_000,
        windowMs: options.windowMs ?? 1000,
        answeredBy: options.answeredBy ?? {},
    };
}
