import type { Certificate } from "./Certificate";

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

/** 301 and 302 turn a POST into a GET, as browsers do. 308 keeps method and body. */
export type RedirectStatus = 301 | 302 | 308;

/** Oldest version of TLS that the front speaks. */
export type TlsVersion = "TLSv1.2" | "TLSv1.3";

/** How certificates are got by ACME (RFC 8555). */
export interface AcmeSettings {
    /** URL of the authority's directory. @default Let's Encrypt's */
    directory: string;
    /** Path of a PEM file with the certificates of those who signed the directory's own. @default the public ones */
    directoryCa?: string;
    /** Where the authority may write to. @default undefined (nowhere) */
    email?: string;
    /** One of the authority's kinds of certificate. @default undefined (the authority's default) */
    profile?: string;
    /** How long before its end a certificate is renewed, milliseconds. @default undefined (when the authority asks for it) */
    renewBeforeMs?: number;
    /** A shell command that sets and clears a TXT record of DNS. @default undefined (the front answers over HTTP) */
    dnsHook?: string;
}

/** A certificate that relink gets itself. */
export interface ManagedCertificate {
    /** HAProxy's file is named after it. No certificate of the stack config has such a name. */
    name: string;
    /** What the certificate has to be for. */
    hosts: string[];
    /** `acme`: an authority issues it. `relink`: relink signs it, and only who was told so trusts it. */
    by: "acme" | "relink";
}

/** The authorities that sign the certificates of clients (mutual TLS). */
export interface ClientAuthorities {
    /** Their file among HAProxy's. It is named after its text: `clients-0123456789ab.pem`. */
    file: string;
    /** Their certificates, PEM. */
    text: string;
    /** `required`: no request without such a certificate reaches a service. @default "required" */
    verify: "required" | "optional";
}

/** The public listener with TLS. */
export interface HttpsSettings {
    /** Port on the Docker host. @default undefined (`http.port` + 363) */
    port?: number;
    /** The certificates of the stack config. */
    certificates: Certificate[];
    /** The certificates that relink gets itself. */
    managed: ManagedCertificate[];
    /** How relink gets certificates by ACME. @default undefined (it does not) */
    acme?: AcmeSettings;
    /** Name of the certificate for clients that name no host, or one that no certificate covers. */
    default: string;
    /** @default "TLSv1.2" */
    minVersion: TlsVersion;
    /** Value of the header `Strict-Transport-Security`. @default undefined (no such header) */
    hsts?: string;
    /** Who signs the certificates of clients. @default undefined (clients have none) */
    clients?: ClientAuthorities;
    /** Whether the listener speaks HTTP/3 too. @default undefined (no) */
    http3?: boolean;
}

/** What one client address may do. An IPv6 network of /64 counts as one address where requests are counted. */
export interface ClientLimits {
    /** Largest body of a request, bytes. @default undefined (none) */
    body?: number;
    /** Most requests in a time. @default undefined (none) */
    rate?: { requests: number; periodMs: number };
    /**
     * Most open connections. Behind a proxy that names its clients by `X-Forwarded-For`, most requests at the same time.
     * @default undefined (4000 connections, except behind trusted proxies)
     */
    connections?: number;
}

/** A page that the front answers with. */
export interface ErrorPage {
    /** Its file among HAProxy's. It is named after the page and its text: `503-0123456789ab.html`. */
    file: string;
    text: string;
}

/** The HAProxy that owns the public ports. */
export interface FrontSettings {
    /** Name of the anchor and the network, and prefix of all other names. @default `<project>-<stack>` */
    name: string;
    /** Name of another stack's front, which then is `name` too: this stack makes none. @default undefined (it has its own) */
    use?: string;
    /** Image of HAProxy, 3.0 or later. @default "haproxy:3.2" */
    image: string;
    /** Address of the Docker host on which the public listener is published. @default undefined (all addresses) */
    address?: string;
    /** The front's own Docker network. */
    network: {
        /** Subnet, IPv4 CIDR from /16 to /24. @default undefined (a free /20) */
        subnet?: string;
    };
    /** The public listener without TLS. */
    http: {
        /** Port on the Docker host. @default 80 */
        port: number;
        /** Status of the redirect to HTTPS. @default undefined (no redirect) */
        redirectToHttps?: RedirectStatus;
    };
    /** The public listener with TLS. @default undefined (no HTTPS) */
    https?: HttpsSettings;
    /** The listener that reaches the idle color, on 127.0.0.1 of the Docker host. */
    preview: {
        /** Port on the Docker host. @default 8090 */
        port: number;
    };
    /** SHA-256 of the secret that opens the private preview on the public listener. @default undefined (it is closed) */
    previewSecretSha256?: string;
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
    /**
     * Hosts that redirect, and where to: `www.example.com` -> `https://example.com`. Path and query stay. @default {} (none)
     */
    redirects: Record<string, string>;
    /** Headers that every answer gets, by name in lower case. They replace those of the app. @default {} (none) */
    responseHeaders: Record<string, string>;
    /** A log line in JSON for each request. @default undefined (for requests that went wrong alone, as text) */
    accessLog?: "json";
    /** The user's own lines of HAProxy's configuration. @default no lines */
    haproxy: FrontLines;
    limits: ClientLimits;
    /** Media types that are compressed. @default undefined (none) */
    compression?: string[];
    /** Whether each trusted proxy names its client by PROXY protocol. @default false */
    proxyProtocol: boolean;
    /** Path that the front answers itself, for a load balancer before it. @default undefined (none) */
    healthPath?: string;
    /** Names of the users that may see HAProxy's page of statistics. @default undefined (there is no such page) */
    statistics?: string[];
    /** The front's own pages: `maintenance`, or a status. @default {} (a line of text, or HAProxy's page) */
    errorPages: Record<string, ErrorPage>;
    /** Ports on the Docker host for TCP services, those of the stack's services among them, in ascending order. @default [] */
    tcpPorts: number[];
    /** HAProxy's timeouts. */
    timeouts: FrontTimeouts;
}

/** Lines of HAProxy's configuration that a user adds to a section of relink's. */
export interface FrontLines {
    /** Of the process. @default [] */
    global: string[];
    /** Of the public listener, after relink's own rules. @default [] */
    frontend: string[];
}

/** What the public listener does besides routing. */
export type PublicRules = Pick<
    FrontSettings,
    | "redirects"
    | "responseHeaders"
    | "accessLog"
    | "haproxy"
    | "limits"
    | "compression"
    | "proxyProtocol"
    | "healthPath"
    | "statistics"
    | "previewSecretSha256"
>;

/** What HAProxy's configuration says of HTTPS. It holds no key. */
export interface TlsListener extends Pick<HttpsSettings, "minVersion" | "hsts"> {
    /** Names of the certificates. The first one is for clients that name no host, or one that no certificate covers. */
    certificates: string[];
    /** What each of them is, as a preview shows it: its hosts, then a semicolon and the rest. @default undefined (it is not said) */
    certificate?: Record<string, string>;
    /** Redirect of requests that come without TLS. @default undefined (none) */
    redirect?: {
        status: RedirectStatus;
        /** Port on the Docker host. */
        port: number;
    };
    /** @default undefined (clients have no certificates) */
    clients?: Pick<ClientAuthorities, "file" | "verify">;
    /** HTTP/3, and the port on the Docker host that clients are told. @default undefined (off) */
    http3?: { port: number };
}

/** @returns what HAProxy's configuration says of HTTPS, or undefined where it is off */
export function tlsListener({ http, https }: Pick<FrontSettings, "http" | "https">): TlsListener | undefined {
    if (https === undefined) {
        return undefined;
    }
    const { minVersion, hsts, certificates, managed, default: first, clients, http3 } = https;
    const { redirectToHttps: status } = http;
    const names = [...certificates, ...managed].map(({ name }) => name);
    return {
        certificates: names.sort((one, two) => Number(two === first) - Number(one === first)),
        minVersion,
        ...(hsts !== undefined && { hsts }),
        ...(status !== undefined && { redirect: { status, port: httpsPort({ http, https }) } }),
        ...(clients !== undefined && { clients: { file: clients.file, verify: clients.verify } }),
        ...(http3 && { http3: { port: httpsPort({ http, https }) } }),
    };
}

/** @returns whether the listener without TLS answers the challenges of an authority (HTTP-01) */
export function answersChallenges(acme: AcmeSettings | undefined): boolean {
    return acme !== undefined && acme.dnsHook === undefined;
}

/** @returns the port on the Docker host that is published for HTTPS, whether HTTPS is on or not */
export function httpsPort({ http, https }: { http: { port: number }; https?: { port?: number } }): number {
    return https?.port ?? http.port + httpsPortOffset;
}

/** Distance from `http.port` to the port that is published for HTTPS (80 and 443, 8080 and 8443). */
export const httpsPortOffset = 363;
