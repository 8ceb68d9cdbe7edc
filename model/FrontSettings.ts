/** HAProxy's timeouts, milliseconds. The defaults come from practice. */
export interface FrontTimeouts {
    /** To connect to a container. @default 5000 */
    connectMs: number;
    /** Longest silence of a client. @default 50000 */
    clientMs: number;
    /** Longest silence of a container during a request. @default 50000 */
    serverMs: number;
    /** To send a whole request head. @default 10000 */
    httpRequestMs: number;
    /** Idle time of a kept connection. @default 15000 */
    httpKeepAliveMs: number;
    /** In HAProxy's queue, when every server is full. @default 10000 */
    queueMs: number;
    /** Longest silence of an upgraded connection (WebSocket). @default 3600000 */
    tunnelMs: number;
    /** Silence of a client that has closed its side. @default 10000 */
    clientFinMs: number;
    /** Silence of a container that has closed its side. @default 10000 */
    serverFinMs: number;
    /** To answer a health check, once connected. @default 5000 */
    checkMs: number;
}

/** The HAProxy that owns the public ports. */
export interface FrontSettings {
    /** Name of the anchor container and the network, prefix of all others. @default `<project>-<stack>` */
    name: string;
    /** HAProxy image, 3.0 or later. @default "haproxy:3.2" */
    image: string;
    /** Address of the Docker host that http is published on. @default undefined (all addresses) */
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
     * Addresses and networks (CIDR, IPv4 or IPv6) whose `X-Forwarded-*`, `X-Real-IP` and `Forwarded` are believed.
     * @default [] (nobody's)
     */
    trustedProxies: string[];
    /** HAProxy's timeouts. */
    timeouts: FrontTimeouts;
}

/** HTTPS is published this far above http.port from the start (80 -> 443, 8080 -> 8443). */
export const httpsPortOffset = 363;
