import { checked } from "../haproxy/names";
import type { PublicRules } from "../model/FrontSettings";
import { rawLines } from "./rawLines";

/**
 * @returns the redirects of hosts to others, or nothing without any. relink's own confirming request is not redirected: its
 * service may have such a host by a wildcard
 */
export function hostRedirects({ redirects = {} }: Partial<PublicRules>): string {
    return Object.entries(redirects)
        .map(
            ([host, target]) =>
                `    http-request redirect code 301 location ${checked("redirect target", target)}%[pathq] ` +
                `if { req.hdr(host),host_only,lower,rtrim(.) -m str ${checked("host header", host)} } !{ var(txn.confirmed) -m bool }\n`,
        )
        .join("");
}

/** @returns the headers that each answer gets, also HAProxy's own ones, or nothing without any */
export function responseHeaders({ responseHeaders: headers = {} }: Partial<PublicRules>): string {
    return Object.entries(headers)
        .map(([name, value]) => {
            const text = checked("header value", value).replaceAll("%", "%%");
            return `    http-after-response set-header ${checked("header name", name)} "${text}"\n`;
        })
        .join("");
}

/** @returns what compresses answers for clients that accept it, or nothing where that is off */
export function compression({ compression: types = [] }: Partial<PublicRules>): string {
    const list = types.map(type => checked("media type", type)).join(" ");
    return list === ""
        ? ""
        : `    filter compression
    compression algo gzip
    compression type ${list}
`;
}

/** @returns the page that a load balancer before the front asks for, or nothing where there is none */
export function healthPage({ healthPath }: Partial<PublicRules>): string {
    return healthPath === undefined
        ? ""
        : `    # For a load balancer before the front: 200 as long as HAProxy takes requests.
    monitor-uri ${checked("path", healthPath)}
`;
}

/** The fields of a line of the access log. `answerMs` is the time until the app's first byte; -1 where it did not answer. */
const fields = [
    "%(time)[accept_date(ms),ms_utime('%Y-%m-%dT%H:%M:%S.%3NZ')]",
    "%(client)[src]",
    "%(host)[var(txn.host)]",
    "%(method)HM",
    "%(path)HPO",
    "%(query)HQ",
    "%(version)HV",
    "%(status:sint)ST",
    "%(bytes:sint)B",
    "%(service)[var(txn.service)]",
    "%(color)[var(txn.color)]",
    "%(slot)s",
    "%(answerMs:sint)Tr",
    "%(totalMs:sint)Ta",
    "%(tls)sslv",
    "%(ended)tsc",
];

/** @returns a log line in JSON for each request, or nothing where it is not asked for */
export function accessLog({ accessLog: format }: Partial<PublicRules>): string {
    return format === undefined
        ? ""
        : `    # A line of JSON for each request. It costs a fifth of the processor time.
    no option dontlog-normal
    log-format "%{+json}o ${fields.join(" ")}"
`;
}

/** @returns the user's own lines, or nothing without any */
export function ownLines({ haproxy }: Partial<PublicRules>): string {
    return rawLines("front.haproxy.frontend", haproxy?.frontend)
        .map(line => `${line}\n`)
        .join("");
}
