import { checked, mapPath } from "../haproxy/names";
import type { FrontSettings, PublicRules, TlsListener } from "../model/FrontSettings";
import type { ServiceRules } from "../model/ServiceRules";
import { type Access, accessRules, accessToRequests } from "./access";
import { challengeRules } from "./challenges";
import { chosenRules } from "./chosenUsers";
import { clientRules } from "./clients";
import { failoverRules, failoverTables } from "./failover";
import { believedHeaders, forwarded } from "./forwarded";
import { maxConnections } from "./global";
import { alternativeService, httpsBind, httpsRedirect, strictTransport } from "./https";
import { internalFrontend } from "./internal";
import { clientCounters, connectionLimit, forwardedMark, limitRules } from "./limits";
import { listenerPorts } from "./listeners";
import {
    addressTable,
    limitedAddresses,
    type NearAddresses,
    nearAcl,
    nearOnly,
    proxyProtocolRules,
    trustedAcl,
} from "./origin";
import { type Answer, answersWith, errorPages, type Pages } from "./pages";
import { previewColorRules, previewHostRule, previewSecretRules } from "./privatePreview";
import { accessLog, compression, healthPage, hostRedirects, ownLines, responseHeaders } from "./publicRules";
import { routeLookups } from "./routeLookups";
import { statisticsPage } from "./statistics";
import { tcpAnswers } from "./tcpListeners";

/** Headers of relink's confirming request: a one-time secret, and the secret's service. */
export const confirmHeaders = { secret: "x-relink-confirm", service: "x-relink-service" } as const;
/** Headers of its response: which color and release answered. A confirming request with the first one goes to that color. */
export const answerHeaders = { color: "x-relink-color", release: "x-relink-release" } as const;

/** Picks the service of a confirming request. Removes these headers from every request. */
const confirmRules = `    # Our own confirming request names its service by a one-time secret; nobody else can.
    http-request set-var(txn.confirms) req.fhdr(${confirmHeaders.secret}),map_str(${mapPath("confirm")})
    http-request set-var(txn.service) var(txn.confirms) if { req.fhdr(${confirmHeaders.service}),strcmp(txn.confirms) eq 0 }
    http-request set-var(txn.confirmed) bool(true) if { var(txn.service) -m found }
    http-request set-var(txn.color) req.fhdr(${answerHeaders.color}) if { var(txn.confirmed) -m bool } { req.fhdr(${answerHeaders.color}) -m str blue green }
    http-request del-header ${confirmHeaders.secret}
    http-request del-header ${confirmHeaders.service}
    http-request del-header ${answerHeaders.color}`;

/** HAProxy's table that counts the requests of each service with a canary. */
const counterTable = "canaries";
/** Cookie with a random id of a visitor. It is set only while there is a canary that is sticky by cookie. */
export const visitorCookie = "relink-visitor";
/** How long a browser keeps that cookie, seconds. */
const visitorSeconds = 30 * 24 * 3600;

const canaryRules = `    # A canary gives the idle color its percentage: n * percent mod 100 spreads it evenly, 25 being every fourth request.
    # A sticky one asks a hash of the user, not a counter: the users of 10 % are among those of 20 %.
    http-request set-var(txn.percent) var(txn.link),field(3,:),add(0) unless { var(txn.color) -m found } || { var(txn.link),field(3,:) 0 }
    http-request set-var(txn.sticky) var(txn.link),field(4,:) if { var(txn.percent) -m found }
    http-request set-var(txn.visitor) src if { var(txn.sticky) -m str hash }
    http-request set-var(txn.visitor) req.cook(${visitorCookie}) if { var(txn.sticky) -m str cookie }
    http-request set-var(txn.new_visitor) uuid() if { var(txn.sticky) -m str cookie } !{ var(txn.visitor) -m len gt 0 }
    http-request set-var(txn.visitor) var(txn.new_visitor) if { var(txn.new_visitor) -m found }
    http-request set-var(txn.turn) var(txn.visitor),concat(:,txn.service),xxh32,mod(100) if { var(txn.visitor) -m found }
    http-request track-sc0 var(txn.service) table ${counterTable} if { var(txn.percent) -m found } !{ var(txn.visitor) -m found }
    http-request set-var(txn.turn) sc0_inc_gpc0(${counterTable}),mul(txn.percent),mod(100) if { var(txn.percent) -m found } !{ var(txn.visitor) -m found }
    http-request set-var(txn.color) var(txn.link),field(2,:) if { var(txn.turn) -m found } { var(txn.turn),sub(txn.percent) -m int lt 0 }
    http-request set-var(txn.color) var(txn.link),field(1,:) unless { var(txn.color) -m found }
    http-after-response add-header set-cookie "${visitorCookie}=%[var(txn.new_visitor)]; Path=/; Max-Age=${visitorSeconds}; HttpOnly; SameSite=Lax" if { var(txn.new_visitor) -m found }`;

/** The longest valid Host, characters: a DNS name of 253, a port, and the brackets of an IPv6 address. */
const longestHost = 262;

/**
 * Refuses a Host that is too long or has a slash. HAProxy keeps 1,024 bytes of its buffer for headers that it adds
 * (tune.maxrewrite). With a longer Host these do not fit, and HAProxy answers 500 in the app's name. Behind a slash a client
 * could put the path of another route: older HAProxy 3.0 accepts such a Host.
 */
function hostRules(answer: Answer): string {
    return `    http-request ${answer(400, "no host has such a name")} if { req.fhdr(host) -m len gt ${longestHost} } || { req.fhdr(host) -m sub / }`;
}

/** Refuses tunnels for proxies. A service would close such a connection, which would count as an error of the service. */
function methodRules(answer: Answer): string {
    return `    http-request ${answer(405, "no tunnel here")} if METH_CONNECT`;
}

/**
 * Matches a segment `.` or `..` in every spelling that some server accepts: with escaped dots, between escaped or reversed
 * slashes, with a parameter behind it.
 */
const dotSegment = String.raw`(/|\\|%2f|%5c)(\.|%2e){1,2}(;[^/]*)?(/|\\|%2f|%5c|$)`;

/**
 * Matches a path that would start with a second slash once its prefix is stripped. An app that redirects to
 * `/\\evil.example.org`, or decodes `/%2fevil.example.org`, would send a browser to another host.
 */
const secondSlash = String.raw`^(\\|%5c|%2f)`;

/**
 * Picks the route, and strips its path from the request's where the route says so.
 * @param hostRule a line that changes the host before its route is looked up
 * @param headers what the routes ask for beside host and path
 */
function routeRules(answer: Answer, hostRule: string, headers?: readonly string[]): string {
    return `    # Everybody else gets the service of host and path: the exact host first, then *.example.com, then *; of one host the
    # longest path. Keys end with a slash, and so does what is looked up: /api/ is met by /api and /api/x, not by /apix.
    http-request set-var(txn.host) req.hdr(host),host_only,lower,rtrim(.)
${hostRule}    http-request set-var(txn.path) path
${routeLookups(headers)}    http-request set-var(txn.service) var(txn.route),field(1,:) if { var(txn.route) -m found }
    http-request ${answer(404, "no service for this host and path")} unless { var(txn.service) -m found }
    # A route with a path, service:path:keep or service:path:strip. What could leave that path again is refused.
    http-request set-var(txn.prefix) var(txn.route),field(2,:) if { var(txn.route),field(3,:) -m len gt 0 }
    http-request ${answer(400, "this path has a segment . or ..")} if { var(txn.prefix) -m found } { path -m reg -i '${dotSegment}' }
    http-request set-var(txn.cut) var(txn.prefix),length if { var(txn.route),field(3,:) strip }
    http-request ${answer(400, "behind the prefix of this path is a second slash")} if { var(txn.cut) -m found } { path,bytes(txn.cut),ltrim(/) -m reg -i '${secondSlash}' }
    http-request set-path /%[path,bytes(txn.cut),ltrim(/)] if { var(txn.cut) -m found }
    http-request set-header x-forwarded-prefix %[req.fhdr(x-forwarded-prefix)]%[var(txn.prefix)] if { var(txn.cut) -m found }`;
}

/** Tells a confirming request alone which color and release answered. Removes these headers from an app's response. */
const answerRules = `    http-response del-header ${answerHeaders.color}
    http-response del-header ${answerHeaders.release}
    http-response set-header ${answerHeaders.color} %[var(txn.color)] if { var(txn.confirmed) -m bool }
    http-response set-header ${answerHeaders.release} %[be_name,map_str(${mapPath("releases")})] if { var(txn.confirmed) -m bool } { be_name,map_str(${mapPath("releases")}) -m found }`;

/** What the listeners ask of a client's address, as HAProxy's ACLs. */
interface AddressAcls {
    near: string;
    /** With a line break at its end; empty where no proxy is trusted. */
    trusted: string;
    isTrusting: boolean;
}

/** What the listeners are rendered from. */
export interface ListenerSettings extends Pick<FrontSettings, "name" | "trustedProxies">, Partial<PublicRules> {
    /** @default undefined (no HTTPS) */
    tls?: TlsListener;
    /** Who may ask, by service. @default everybody */
    access?: Access;
    /** What the listeners do for single services. @default nothing */
    services?: Readonly<Record<string, ServiceRules>>;
    /** Names of the TCP services. @default none */
    tcpServices?: readonly string[];
    /** The headers that routes ask for, each kind once (`headersIn` of haproxy/routes.ts). @default none */
    routeHeaders?: readonly string[];
    /** Files of the front's own pages. @default none */
    pages?: Pages;
    /** Whether the public listener answers the challenges of an authority (ACME). @default undefined (no) */
    challenges?: boolean;
}

/**
 * Renders `conf/10-frontends.cfg`: the listeners.
 * @param near addresses of the Docker host and of the anchor, as HAProxy sees them
 * @returns the file's text
 */
export function renderFrontends(settings: ListenerSettings, near: NearAddresses): string {
    const front = { ...settings, access: accessToRequests(settings.access ?? {}, settings.tcpServices ?? []) };
    const { trustedProxies } = front;
    const acls = { near: nearAcl(near), trusted: trustedAcl(trustedProxies), isTrusting: trustedProxies.length > 0 };
    return `# Front ${checked("front name", front.name)}: its listeners. Services are added and linked by maps, not here.

${httpFrontend(acls, front, near)}

${ownFrontend(acls, front, near)}${previewFrontend(acls, front)}

${metricsFrontend(acls, front)}

${sharedBackends(front)}
`;
}

/** The public listeners, without TLS and with it. */
function httpFrontend(
    { near, trusted, isTrusting }: AddressAcls,
    { tls, challenges, access = {}, services = {}, tcpServices = [], routeHeaders, ...rules }: ListenerSettings,
    { gateway }: NearAddresses,
): string {
    const connections = connectionLimit(rules);
    const answer = answersWith(rules.pages);
    return `# Public traffic of every service: host and path -> service (routes.map) -> color (link.map) -> backend SERVICE-COLOR.
frontend http from relink
    bind :${listenerPorts.http}
${httpsBind(tls)}    maxconn ${maxConnections}
${accessLog(rules)}${healthPage(rules)}${errorPages(rules.pages)}${compression(rules)}${near}
${trusted}${limitedAddresses(connections, isTrusting)}
${proxyProtocolRules(rules.proxyProtocol, connections)}${methodRules(answer)}
${hostRules(answer)}
${forwardedMark(rules)}${believedHeaders(isTrusting, answer)}
${confirmRules}
${previewSecretRules(rules, answer)}${challengeRules(challenges)}${limitRules(rules, answer)}${hostRedirects(rules)}${httpsRedirect(tls)}${clientRules(tls, answer)}${routeRules(answer, previewHostRule(rules), routeHeaders)}
${accessRules(access, gateway, rules.pages)}    # The link, live:idle:percent[:sticky], is looked up once, so that one request sees one link.
    http-request set-var(txn.link) var(txn.service),map_str(${mapPath("link")})
${previewColorRules(rules)}${chosenRules(services)}${canaryRules}
${tcpAnswers(tcpServices, answerHeaders)}${failoverRules(services)}${forwarded(isTrusting, tls)}
${answerRules}
${responseHeaders(rules)}${strictTransport(tls)}${alternativeService(tls)}${ownLines(rules)}    use_backend %[var(txn.service)]-%[var(txn.color)]
    default_backend unlinked`;
}

/** The listener for the stack's own containers. They are believed as little as everybody else. */
function ownFrontend(
    { near, trusted, isTrusting }: AddressAcls,
    { access = {}, services = {}, ...rules }: ListenerSettings,
    { gateway }: NearAddresses,
): string {
    const answer = answersWith();
    return internalFrontend(services, {
        trust: `${accessLog(rules)}${near}
${trusted}${limitedAddresses(connectionLimit(rules), isTrusting)}
${methodRules(answer)}
${hostRules(answer)}
${believedHeaders(isTrusting, answer)}
${confirmRules}`,
        access: accessRules(access, gateway),
        link: `    http-request set-var(txn.link) var(txn.service),map_str(${mapPath("link")})
${chosenRules(services)}${canaryRules}
${failoverRules(services)}${forwarded(isTrusting)}`,
        told: answerRules,
    });
}

/** The listener that reaches each service's idle color, from the Docker host alone. */
function previewFrontend({ near, trusted, isTrusting }: AddressAcls, { tcpServices = [] }: ListenerSettings): string {
    const answer = answersWith();
    const refusal = answer(404, "a TCP service has no preview over HTTP");
    return `# The idle color of every service, on the Docker host only. The host is SERVICE or SERVICE.localhost: with any other name a
# web page could have its own name resolve to 127.0.0.1 and read the answers (DNS rebinding).
frontend preview from relink
    bind :${listenerPorts.preview}
${near}
${trusted}${nearOnly}
${methodRules(answer)}
${hostRules(answer)}
${believedHeaders(isTrusting, answer)}
${confirmRules}
    http-request set-var(txn.service) req.hdr(host),host_only,lower,regsub([.]localhost$,) unless { var(txn.service) -m found }
    http-request set-var(txn.link) var(txn.service),map_str(${mapPath("link")})
    # A service that has no link yet is proved here before it gets one.
    http-request set-var(txn.link) str(none:blue:0) if { var(txn.confirmed) -m bool } !{ var(txn.link) -m found }
    http-request ${answer(404, "no service of this name")} unless { var(txn.link) -m found }
    http-request set-var(txn.color) var(txn.link),field(2,:)
${tcpAnswers(tcpServices, { ...answerHeaders, refusal })}${forwarded(isTrusting)}
${answerRules}
    use_backend %[var(txn.service)]-%[var(txn.color)]
    default_backend unlinked`;
}

/** The listener with HAProxy's figures and its health page. */
function metricsFrontend({ near }: AddressAcls, { statistics }: ListenerSettings): string {
    return `# Figures for Prometheus, and the front's own health.
frontend metrics from relink
    bind :${listenerPorts.metrics}
${near}
${nearOnly}
    http-request set-log-level silent
    monitor-uri /healthz
${statisticsPage(statistics)}    http-request use-service prometheus-exporter if { path /metrics }
    http-request ${answersWith()(404, "/metrics or /healthz")}${statistics === undefined ? "" : " unless { path_beg /stats }"}`;
}

/** The tables that the listeners count in, and where a request of an unlinked service ends. */
function sharedBackends(settings: ListenerSettings): string {
    const text =
        "this service is not linked to a release yet: its first `pulumi up` does that, and says what is missing";
    return `# Counts the requests of each service whose idle color gets a share of them.
backend ${counterTable} from relink
    stick-table type string len 64 size 10k store gpc0

# Counts the connections of each address.
backend ${addressTable} from relink
    stick-table type ipv6 size 100k expire 1m store conn_cur
${clientCounters(settings)}${failoverTables(settings.services ?? {})}
# Where a request ends whose service has no linked color, or no backend for it.
backend unlinked from relink
    http-request ${answersWith(settings.pages)(503, text, 5)}`;
}
