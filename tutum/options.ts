import { closestKey } from "../settings/suggest";
import type { Conversion, TutumService, Variable } from "./Conversion";
import { mapHttpCheck } from "./healthCheck";
import { splitList } from "./lists";

/** What relink's own configuration has, or does better. */
const relinkHas = [
    "dontlognull",
    "forwardfor",
    "http-keep-alive",
    "httplog",
    "redispatch",
    "idle-close-on-response",
    "disable-h2-upgrade",
    "dontlog-normal",
];

/** Options of the listeners. */
const ofFrontend = [
    "clitcpka",
    "contstats",
    "http-buffer-request",
    "http-ignore-probes",
    "http-no-delay",
    "http-use-proxy-header",
    "independent-streams",
    "log-separate-errors",
    "logasap",
    "nolinger",
    "socket-stats",
    "tcp-smart-accept",
];

/** Options of the backends. */
const ofBackend = [
    "abortonclose",
    "allbackups",
    "checkcache",
    "http-pretend-keepalive",
    "http-server-close",
    "httpclose",
    "log-health-checks",
    "originalto",
    "persist",
    "prefer-last-server",
    "splice-auto",
    "splice-request",
    "splice-response",
    "srvtcpka",
    "tcp-smart-connect",
    "tcpka",
];

/** Options that HAProxy does not have any more, or that do not fit here: what to do instead. */
const gone: Record<string, string> = {
    forceclose: "HAProxy has httpclose for it: write OPTION=httpclose, if it is needed at all",
    "http-tunnel": "relink passes upgraded connections such as WebSockets (front.timeouts.tunnel), and needs no option",
    http_proxy: "the front is no proxy that clients name: leave it out",
    "accept-invalid-http-request":
        "later HAProxy has another name for it: front.haproxy.frontend takes it as an own line",
    "accept-invalid-http-response": "later HAProxy has another name for it: haproxy.backend takes it as an own line",
    tcplog: "the front speaks HTTP: front.accessLog: json logs each request",
    "tcp-check": "relink connects where no HTTP_CHECK is set (health.tcp)",
    "external-check": "the container has a check of its own: health.command",
    "ssl-hello-chk": "relink checks over HTTP or by a connection: health.path, health.tcp",
    smtpchk: "relink checks over HTTP or by a connection: health.path, health.tcp",
    "ldap-check": "relink checks over HTTP or by a connection: health.path, health.tcp",
    "mysql-check": "relink checks over HTTP or by a connection: health.path, health.tcp",
    "pgsql-check": "relink checks over HTTP or by a connection: health.path, health.tcp",
    "redis-check": "relink checks over HTTP or by a connection: health.path, health.tcp",
};

/** `OPTION` of HAProxy: of all services, and of the listeners. */
export function mapFrontOptions(variable: Variable, to: Conversion): void {
    for (const option of splitList(variable.value)) {
        mapFrontOption(option, variable, to);
    }
}

/** @param option one option with its arguments */
export function mapFrontOption(option: string, variable: Variable, to: Conversion): void {
    if (ofFrontend.includes(wordOf(option))) {
        to.addFrontLine("frontend", `option ${option}`, variable);
        return;
    }
    for (const service of to.linked) {
        mapServiceOption(option, { variable, service }, to);
    }
}

/** `OPTION` of a service. */
export function mapServiceOptions(variable: Variable, service: TutumService, to: Conversion): void {
    for (const option of splitList(variable.value)) {
        mapServiceOption(option, { variable, service }, to);
    }
}

/** Where an option stands, and the service that it is for. */
interface OptionPlace {
    variable: Variable;
    service: TutumService;
}

/** @param option one option with its arguments */
export function mapServiceOption(option: string, { variable, service }: OptionPlace, to: Conversion): void {
    const word = wordOf(option);
    if (word === "httpchk") {
        mapHttpCheck({ ...variable, value: option.slice(word.length).trim() || "/" }, service, to);
    } else if (relinkHas.includes(word)) {
        return;
    } else if (ofBackend.includes(word)) {
        to.addBackendLine(service, `option ${option}`, variable);
    } else if (ofFrontend.includes(word)) {
        to.refuse(variable, `has ${word}, an option of the listeners`, `set OPTION=${word} at ${to.haproxy.service}`);
    } else if (Object.hasOwn(gone, word)) {
        to.refuse(variable, `has ${word}, which relink's HAProxy does not take`, gone[word]);
    } else {
        const near = closestKey(word, [...relinkHas, ...ofBackend, ...ofFrontend]);
        to.refuse(
            variable,
            `has ${word}, which relink does not know${near ? `; did you mean ${near}?` : ""}`,
            leaveOut,
        );
    }
}

const leaveOut = "leave it out, or write it as an own line: haproxy.backend of the service, front.haproxy.frontend";

function wordOf(option: string): string {
    return option.split(/\s/)[0] ?? "";
}
