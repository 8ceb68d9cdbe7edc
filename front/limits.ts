import { checkedInteger } from "../haproxy/names";
import type { PublicRules } from "../model/FrontSettings";
import { maxConnectionsOfAddress, unlessManyUsers } from "./origin";
import type { Answer } from "./pages";

/** HAProxy's table that counts the requests of each client. */
const clientTable = "clients";

/** Where a client's counter is kept whose time is not limited, milliseconds. */
const usualPeriodMs = 10_000;

/** What decides about the limits. */
export type LimitSettings = Partial<Pick<PublicRules, "limits">> & { trustedProxies: readonly string[] };

/**
 * @returns the mark of requests whose client a trusted proxy names by a header, or nothing where no limit asks for it. Comes
 * before the client's address takes the place of the proxy's
 */
export function forwardedMark(settings: LimitSettings): string {
    return limitsForwarded(settings)
        ? "    http-request set-var(txn.forwarded) bool(true) if from_trusted_proxy\n"
        : "";
}

/**
 * @returns the limits of requests, or nothing without any. What comes from the Docker host or from relink is not limited, and
 * neither is a trusted proxy that names no client
 */
export function limitRules(settings: LimitSettings, answer: Answer): string {
    const { limits: { body, rate } = {}, trustedProxies } = settings;
    const lines = [
        ...(rate === undefined && !limitsForwarded(settings)
            ? []
            : [
                  `http-request track-sc2 src,ipmask(32,64) table ${clientTable} ${unlessManyUsers(trustedProxies.length > 0)}`,
              ]),
        ...(rate === undefined ? [] : [rateRule(rate, answer)]),
        ...(limitsForwarded(settings) ? [forwardedRule(settings, answer)] : []),
        ...(body === undefined ? [] : bodyRules(body, answer)),
    ];
    const comment =
        "    # What one client may do. A client that asks again and again while it is refused stays refused.\n";
    return lines.length === 0 ? "" : comment + lines.map(line => `    ${line}\n`).join("");
}

/** @returns the table that the limits count in, or nothing where they need none */
export function clientCounters(settings: LimitSettings): string {
    const { rate } = settings.limits ?? {};
    if (rate === undefined && !limitsForwarded(settings)) {
        return "";
    }
    const periodMs = checkedPeriod(rate?.periodMs ?? usualPeriodMs);
    const counters = [...(rate === undefined ? [] : [`http_req_rate(${periodMs}ms)`]), "conn_cur"];
    return `
# Counts the requests of each client. A reload begins with an empty table: docs/settings.md#limits.
backend ${clientTable} from relink
    stick-table type ipv6 size 100k expire ${periodMs}ms store ${counters.join(",")}
`;
}

/** @returns the most open connections of an address */
export function connectionLimit({ limits }: LimitSettings): number {
    return checkedInteger("front.limits.connections", limits?.connections ?? maxConnectionsOfAddress, 1, 4000);
}

function rateRule({ requests, periodMs }: { requests: number; periodMs: number }, answer: Answer): string {
    const most = checkedInteger("front.limits.rate", requests, 1, 1_000_000);
    const seconds = Math.ceil(checkedPeriod(periodMs) / 1000);
    return `http-request ${answer(429, "too many requests", seconds)} if { sc2_http_req_rate(${clientTable}) gt ${most} }`;
}

/** The connections of such a proxy carry the requests of many clients. So the requests of each client are counted. */
function forwardedRule(settings: LimitSettings, answer: Answer): string {
    const most = connectionLimit(settings);
    return `http-request ${answer(429, "too many requests at the same time", 1)} if { var(txn.forwarded) -m bool } { sc2_conn_cur(${clientTable}) gt ${most} }`;
}

/** A body whose length is not told beforehand could be of any length. HAProxy passes it on and cannot count it. */
function bodyRules(body: number, answer: Answer): string[] {
    const most = checkedInteger("front.limits.body", body, 1, Number.MAX_SAFE_INTEGER);
    return [
        `http-request ${answer(413, "this body is too large")} if { req.hdr_val(content-length) gt ${most} }`,
        `http-request ${answer(411, "the length of this body is missing")} if { req.hdr(transfer-encoding) -m found }`,
    ];
}

function limitsForwarded({ limits, trustedProxies }: LimitSettings): boolean {
    return limits?.connections !== undefined && trustedProxies.length > 0;
}

function checkedPeriod(periodMs: number): number {
    return checkedInteger("time of front.limits.rate", periodMs, 1000, 3_600_000);
}
