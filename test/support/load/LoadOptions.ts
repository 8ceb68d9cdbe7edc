import { type Destination, serverNameOf } from "./dial";

/** What a lane does again and again. A lane has one connection, and one request at a time. */
export type LaneKind = "get" | "post" | "newConnection" | "slow" | "stream" | "webSocket" | "http2";

/** How many connections do something else than GET over a kept connection. */
export interface LoadMix {
    /** POST with a body, over a kept connection. */
    post?: number;
    /** GET over a connection of its own (`Connection: close`) with a handshake of its own, at most one every 10 ms per lane. */
    newConnection?: number;
    /** GET of a slow response, over a kept connection. */
    slow?: number;
    /** GET of a streaming response, over a kept connection. */
    stream?: number;
    /** A WebSocket that stays open and sends a message every 250 ms. */
    webSocket?: number;
    /** GET over a kept connection that speaks HTTP/2. Over TLS alone. */
    http2?: number;
}

/** Which services and versions may answer. Any other answer is a failure. */
export interface AnsweredBy {
    /** Names of services. @default any */
    services?: readonly string[];
    /** @default any */
    versions?: readonly string[];
}

export interface LoadOptions {
    /** URL: `http://host:port` or `https://host:port`, and optionally the path of GET and POST. */
    url: string;
    /** With https: certificates of the authorities that are trusted, PEM. @default those of Node.js */
    ca?: string;
    /** With https: the host that the client names (SNI). @default that of `hostHeader`; none where it is an address */
    serverName?: string;
    /** Host header. Default: host and port of `url`. */
    hostHeader?: string;
    /** Further headers of each request, by name in lower case. @default none */
    headers?: Record<string, string>;
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
export interface LoadPlan extends Destination {
    hostHeader: string;
    headers: Record<string, string>;
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
    const hostHeader = options.hostHeader ?? url.host;
    const lanes = lanesOf(options);
    if (lanes.includes("http2") && url.protocol !== "https:") {
        throw new Error("the load client speaks HTTP/2 over TLS only");
    }
    return {
        ...destinationOf(url, hostHeader, options),
        hostHeader,
        headers: options.headers ?? {},
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

function lanesOf({ connections = 16, mix = defaultMix }: LoadOptions): LaneKind[] {
    const lanes = Object.entries(mix).flatMap(([kind, count]) =>
        Array.from({ length: count ?? 0 }, () => kind as LaneKind),
    );
    if (lanes.length > connections) {
        throw new Error(`the mix asks for ${lanes.length} connections, but there are ${connections}`);
    }
    return [...Array.from({ length: connections - lanes.length }, (): LaneKind => "get"), ...lanes];
}

function destinationOf(url: URL, hostHeader: string, { ca, serverName }: LoadOptions): Destination {
    const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
    if (url.protocol === "http:") {
        return { host, port: Number(url.port || 80) };
    }
    if (url.protocol !== "https:") {
        throw new Error(`the load client speaks http and https only, not ${url.protocol}`);
    }
    const tls = { ca, serverName: serverName ?? serverNameOf(hostHeader) };
    return { host, port: Number(url.port || 443), tls };
}
