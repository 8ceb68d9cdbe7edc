import { checked, checkedInteger } from "../haproxy/names";
import type { TlsListener } from "../model/FrontSettings";
import { certificateWords } from "./certificateList";
import { challengePath } from "./challenges";
import { clientWords } from "./clients";
import { listenerPorts } from "./listeners";

// Mozilla's intermediate settings, version 5.7 (https://ssl-config.mozilla.org), without the ciphers that need a group of
// Diffie-Hellman's: every client since 2014 has the elliptic ones.
const ciphers = [
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
];
const suites = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];
const curves = ["X25519", "prime256v1", "secp384r1"];

/** @returns what `global` says of TLS, or nothing without HTTPS */
export function tlsDefaults(tls: TlsListener | undefined): string[] {
    if (tls === undefined) {
        return [];
    }
    return [
        "    # TLS: Mozilla's intermediate settings. A session is resumed by HAProxy's cache, not by tickets of the client.",
        `    ssl-default-bind-options ssl-min-ver ${checked("TLS version", tls.minVersion)} no-tls-tickets prefer-client-ciphers`,
        `    ssl-default-bind-ciphers ${ciphers.join(":")}`,
        `    ssl-default-bind-ciphersuites ${suites.join(":")}`,
        `    ssl-default-bind-curves ${curves.join(":")}`,
        ...(tls.http3 === undefined
            ? []
            : ["    # HTTP/3 also where OpenSSL has no QUIC of its own, as with HAProxy 3.0.", "    limited-quic"]),
    ];
}

/**
 * @returns the listener with TLS, or nothing without HTTPS. A client that names no host, or one that no certificate covers, gets
 * the first certificate
 */
export function httpsBind(tls: TlsListener | undefined): string {
    if (tls === undefined) {
        return "";
    }
    const words = `ssl ${certificateWords(tls)}${clientWords(tls)} alpn`;
    const quic = tls.http3 === undefined ? "" : `    bind quic4@:${listenerPorts.https} ${words} h3\n`;
    return `    bind :${listenerPorts.https} ${words} h2,http/1.1\n${quic}`;
}

/**
 * @returns the redirect to HTTPS, or nothing without one. relink's own confirming request is not redirected, and neither is one
 * that a trusted proxy got over HTTPS, or an authority's question about a host
 */
export function httpsRedirect(tls: TlsListener | undefined): string {
    if (tls?.redirect === undefined) {
        return "";
    }
    const { status, port } = tls.redirect;
    const suffix = port === 443 ? "" : `:${checkedInteger("front.https.port", port, 1, 65_535)}`;
    const isPlain = "!{ ssl_fc } !{ req.fhdr(x-forwarded-proto) -m str -i https } !{ var(txn.confirmed) -m bool }";
    const isAsked = `!{ path_beg ${challengePath} }`;
    return `    # To the same host, without its port: the one of HTTPS is another.
    http-request redirect code ${checkedInteger("status", status, 301, 308)} location https://%[req.hdr(host),host_only]${suffix}%[pathq] if ${isPlain} ${isAsked} { req.hdr(host) -m found }
`;
}

/** @returns the header that has browsers come by HTTPS alone, or nothing where it is not set */
export function strictTransport(tls: TlsListener | undefined): string {
    return tls?.hsts === undefined
        ? ""
        : `    http-after-response set-header strict-transport-security "${checked("HSTS", tls.hsts)}" if { ssl_fc }\n`;
}

/** How long a client remembers that the front speaks HTTP/3, seconds. */
const rememberedSeconds = 3600;

/** @returns the header that tells clients of HTTP/3, or nothing where it is off */
export function alternativeService(tls: TlsListener | undefined): string {
    if (tls?.http3 === undefined) {
        return "";
    }
    const port = checkedInteger("front.https.port", tls.http3.port, 1, 65_535);
    return `    http-after-response set-header alt-svc "h3=\\":${port}\\"; ma=${rememberedSeconds}" if { ssl_fc }\n`;
}
