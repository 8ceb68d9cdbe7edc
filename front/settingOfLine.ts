import { settingAbove } from "./rawLines";

/** The lines that settings write: the section's head, the line, and the setting. `$1` is a group of the line, then of the head. */
type Row = readonly [section: RegExp, line: RegExp, setting: string];

/** The public listener, and the one of internal services. */
const listener = /^frontend (?:http|internal) /;
/** A color of a service. */
const color = /^backend (.+)-(?:blue|green) from relink/;
const ofService = /-m str ([a-z0-9-]+) \}/.source;

/** The first row that matches wins. */
const rows: readonly Row[] = [
    [/^global/, /^hard-stop-after /, "front.timeouts.tunnel"],
    [/^global/, /^ssl-default-bind-options /, "front.https.minVersion"],
    [/^global/, /^limited-quic/, "front.https.http3"],
    [/^global/, /^ssl-default-bind-/, "front.https"],
    [/^defaults relink/, /^timeout ([a-z-]+) /, "front.timeouts.$1"],
    [/^frontend|^backend unlinked/, /^(?:http-error|.* file \S+\/pages\/(?:\d|maint))/, "front.errorPages"],
    [/^frontend metrics/, /^stats |^http-request auth realm statistics |path_beg \/stats/, "front.statistics"],
    [/^frontend internal/, /^bind |\(txn\.service\) var\(txn\.host\)|no internal service/, "services.*.internal"],
    [listener, /^bind quic4@/, "front.https.http3"],
    [listener, /^bind \S+ ssl /, "front.https"],
    [listener, /^log-format |^no option dontlog-normal/, "front.accessLog"],
    [listener, /^monitor-uri /, "front.healthPath"],
    [listener, /^(?:filter )?compression/, "front.compression"],
    [listener, / expect-proxy |fc_rcvd_proxy|^tcp-request session reject /, "front.proxyProtocol"],
    [listener, /sc1_conn_cur|txn\.forwarded/, "front.limits.connections"],
    [listener, /sc2_http_req_rate/, "front.limits.rate"],
    [listener, /content-length|transfer-encoding/, "front.limits.body"],
    [listener, /track-sc2/, "front.limits"],
    [/^backend clients /, /./, "front.limits"],
    [listener, /relink-preview|txn\.preview/, "front.preview.secretSha256"],
    [listener, /^http-request return status 200 .*acme-challenge/, "front.https.acme"],
    [listener, /^http-request redirect code \d+ location https:\/\/%/, "front.http.redirectToHttps"],
    [listener, /^http-request redirect /, "front.redirects"],
    [listener, /ssl_c_|x.client.subject/, "front.https.clientCa"],
    [listener, /strict-transport-security ".*" if \{ ssl_fc \}/, "front.https.hsts"],
    [listener, /set-header alt-svc ".*" if \{ ssl_fc \}/, "front.https.http3"],
    [listener, /x-forwarded-proto https? (?:if|unless) \{ ssl_fc \}/, "front.https"],
    [
        /^frontend/,
        /from_trusted_proxy|fhdr\(x-forwarded-(?:proto|host)\) -m found|fhdr\(x-forwarded-prefix\) -m len/,
        "front.trustedProxies",
    ],
    [listener, /^http-after-response set-header (\S+) "/, "front.responseHeaders.$1"],
    [listener, /txn\.(?:headers_|route_\d|depth|wildcard|host_found)/, "services.*.routes"],
    [/^frontend/, / table failover\.([a-z0-9-]+) /, "services.$1.failover"],
    [/^frontend/, /txn\.(?:warm|failover)/, "services.*.failover"],
    [/^backend failover\.([a-z0-9-]+) /, /./, "services.$1.failover"],
    [listener, new RegExp(`txn\\.chosen\\).*${ofService}`), "services.$1.strategy.canary.match"],
    [listener, /txn\.chosen/, "services.*.strategy.canary.match"],
    [listener, new RegExp(`return status 503 .*${ofService}`), "services.$1.maintenance"],
    [listener, new RegExp(`return status 403 .*${ofService}.* src `), "services.$1.allow"],
    [listener, new RegExp(`(?:http_auth|auth realm).*${ofService}`), "services.$1.auth.basic"],
    [listener, /txn\.user/, "services.*.auth.basic"],
    [/^frontend tcp-/, new RegExp(`^tcp-request content reject .*${ofService}`), "services.$1.allow"],
    [/^frontend tcp-/, /./, "services.*.listen"],
    [listener, /^acl is_tcp .*-m str ([a-z0-9-]+)$/, "services.$1.protocol"],
    [/^frontend (?:http|preview) /, /is_tcp/, "services.*.protocol"],
    [/^userlist/, /^user /, "users"],
    [color, /^timeout server /, "services.$1.timeouts.server"],
    [color, /^mode tcp$/, "services.$1.protocol"],
    [color, /^default-server .* proto h2/, "services.$1.protocol"],
    [color, /^default-server send-proxy/, "services.$1.sendProxy"],
    [color, /^(?:http-request set-dst-port |(?:http|tcp)-check connect )/, "services.$1.routes"],
    [
        color,
        /^(?:option httpchk|http-check |option tcp-check|tcp-check |default-server |timeout check )/,
        "services.$1.health",
    ],
    [color, /^(?:cookie |dynamic-cookie-key )/, "services.$1.sticky"],
    // Their ids are made from ports and protocol together.
    [color, /^server .* id \d/, "services.$1"],
    [color, /^server /, "services.$1.port"],
];

/**
 * @param lines a file of HAProxy's configuration
 * @param number of a line, from 1
 * @returns the setting that writes the line, or an object of settings that does so together: `front.https`; `*` in the place of a
 * service that the line does not name. Undefined for a line of relink's own
 */
export function settingOfLine(lines: readonly string[], number: number): string | undefined {
    const line = lines[number - 1]?.trim() ?? "";
    const head =
        lines
            .slice(0, number)
            .filter(text => /^[a-z]/.test(text))
            .at(-1) ?? "";
    const own = settingAbove(lines, number);
    if (own !== undefined || line.startsWith("#")) {
        return own;
    }
    for (const [section, pattern, setting] of rows) {
        const [match, inSection] = [pattern.exec(line), section.exec(head)];
        if (match !== null && inSection !== null) {
            const name = match[1] ?? inSection[1] ?? "";
            return setting.replace("$1", () => (setting.startsWith("front.timeouts") ? camel(name) : name));
        }
    }
    return undefined;
}

/** @returns `http-keep-alive` as `httpKeepAlive` */
function camel(words: string): string {
    return words.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
