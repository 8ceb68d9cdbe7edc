/** HAProxy's timeouts, milliseconds. */
export interface FrontTimeouts {
    /** Time to connect to a container. @default 5000 */
    connectMs: number;
    /** Longest silence of a client. @default 50000 */
    clientMs: number;
    /** Longest silence of a container during a request. @default 50000 */
    serverMs: number;
    /** Time to send a whole request head. @default 10000 */
    httpRequestMs: number;
    /** Idle time of a connection that is kept open. @default 15000 */
    httpKeepAliveMs: number;
    /** Longest time in HAProxy's queue, while every server is full. @default 10000 */
    queueMs: number;
    /** Longest silence of an upgraded connection (WebSocket). @default 3600000 */
    tunnelMs: number;
    /** Longest silence of a client that has closed its side. @default 10000 */
    clientFinMs: number;
    /** Longest silence of a container that has closed its side. @default 10000 */
    serverFinMs: number;
    /** Time to answer a health check, once connected. @default 5000 */
    checkMs: number;
}

/** The HAProxy that owns the public ports. */
export interface FrontSettings {
    /** Name of the anchor and the network, and prefix of all other names. @default `<project>-<stack>` */
    name: string;
    /** Image of HAProxy, 3.0 or later. @default "haproxy:3.2" */
    image: string;
    /** Address of the Docker host on which the public listener is published. @default undefined (all addresses) */
    address?: string;
    /** The front's own Docker network. */
    network: {
        /** Subnet, IPv4 CIDR from /16 to /24. @default undefined (a free /20) */
        subnet?: string;
    };
    /** The public listener. */
    http: {
        /** Port on the Docker host. @default 80 */
        port: number;
    };
    /** The listener that reaches the idle color, on 127.0.0.1 of the Docker host. */
    preview: {
        /** Port on the Docker host. @default 8090 */
        port: number;
    };
    /** Prometheus metrics, on 127.0.0.1 of the Docker host. */
    metrics: {
        /** Port on the Docker host. @default 8404 */
        port: number;
    };
    /**
     * Proxies whose headers `X-Forwarded-*`, `X-Real-IP` and `Forwarded` the front passes on: addresses and networks
     * (CIDR, IPv4 or IPv6). @default [] (none)
     */
    trustedProxies: string[];
    /** HAProxy's timeouts. */
    timeouts: FrontTimeouts;
}

/** Distance from `http.port` to the port that is published for HTTPS (80 and 443, 8080 and 8443). */
export const httpsPortOffset = 363;
