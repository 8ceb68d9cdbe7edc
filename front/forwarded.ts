import type { TlsListener } from "../model/FrontSettings";
import type { Answer } from "./pages";

/** The longest prefix that a trusted proxy may have stripped from a path: that of the longest path of a route, characters. */
const longestPrefix = 200;

/**
 * Names that an app's gateway may take for one of the forwarded headers: CGI, WSGI and Rack turn `-` into `_`, and some turn
 * every special character into it.
 */
const lookAlikes = "^x.(forwarded|real.ip).*[^a-z0-9-]|^x[^a-z0-9-](forwarded|real.ip)|^x.real[^a-z0-9-]ip";

/**
 * @param isTrusting whether there are trusted proxies
 * @returns what removes what a client says about its request's way here, unless it is a trusted proxy. Comes before the routes' rules
 */
export function believedHeaders(isTrusting: boolean, answer: Answer): string {
    return isTrusting ? believedOfProxies(answer) : believedOfNobody;
}

const believedOfNobody = `    # What a request says of whom and what it was forwarded from is not believed: front.trustedProxies is empty.
    http-request del-header x-forwarded- -m beg
    http-request del-header x-real-ip
    http-request del-header forwarded
    http-request del-header "${lookAlikes}" -m reg
    http-request add-header x-forwarded-for %[src]`;

function believedOfProxies(answer: Answer): string {
    return `    # What a request says of whom and what it was forwarded from is believed only from front.trustedProxies.
    http-request del-header x-forwarded- -m beg unless from_trusted_proxy
    http-request del-header x-real-ip unless from_trusted_proxy
    http-request del-header forwarded unless from_trusted_proxy
    http-request del-header "${lookAlikes}" -m reg
    http-request ${answer(400, "no path has such a prefix")} if { req.fhdr(x-forwarded-prefix) -m len gt ${longestPrefix} }
    http-request add-header x-forwarded-for %[src]
    # The client is the last address that is no trusted proxy's: a sticky share goes by it, and the log names it.
    http-request set-src req.hdr_ip(x-forwarded-for,-2) if from_trusted_proxy
    http-request set-src req.hdr_ip(x-forwarded-for,-3) if from_trusted_proxy`;
}

/** @returns what the app is told where no trusted proxy has told it */
export function forwarded(isTrusting: boolean, tls?: TlsListener): string {
    const untold = (header: string) => (isTrusting ? ` !{ req.fhdr(${header}) -m found }` : "");
    const overTls = `    http-request set-header x-forwarded-proto https if { ssl_fc }${untold("x-forwarded-proto")}\n`;
    return `${tls === undefined ? "" : overTls}    http-request set-header x-forwarded-proto http${unlessKnown(isTrusting, tls)}
    http-request set-header x-forwarded-host %[req.hdr(host)] if { req.hdr(host) -m found }${untold("x-forwarded-host")}`;
}

function unlessKnown(isTrusting: boolean, tls: TlsListener | undefined): string {
    if (isTrusting) {
        return " unless { req.fhdr(x-forwarded-proto) -m found }";
    }
    return tls === undefined ? "" : " unless { ssl_fc }";
}
