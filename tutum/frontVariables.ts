import { isIP } from "node:net";
import { setCommand } from "../settings/configCommands";
import type { Conversion, Variable } from "./Conversion";

/** Connections that relink's HAProxy takes from users. */
const connections = 16_000;

/** `MAXCONN`. */
export function mapConnections(variable: Variable, to: Conversion): void {
    if (!/^\d{1,9}$/.test(variable.value.trim())) {
        to.refuse(variable, "must be a number of connections", "leave it out");
    } else if (Number(variable.value) > connections) {
        const fix = `leave it out; ${setCommand(["front", "limits", "connections"], "100")} bounds what one client may hold`;
        to.refuse(variable, `is more than the ${connections} connections that relink's HAProxy takes`, fix);
    }
}

const tcpFix =
    "leave it out here, and give each TCP service protocol: tcp and listen.port in the stack config (docs/tcp.md)";

/** `MODE`. */
export function refuseMode(variable: Variable, to: Conversion): void {
    const mode = variable.value.trim();
    if (mode === "health") {
        const fix = `have the front answer one path itself: ${setCommand(["front", "healthPath"], "/healthz")}`;
        to.refuse(variable, "is health, which HAProxy does not have any more", fix);
    } else if (mode !== "http") {
        to.refuse(variable, `is ${mode}, which in relink is a setting of each service`, tcpFix);
    }
}

/** `MONITOR_URI`, with the port of `MONITOR_PORT`. */
export function mapMonitor(variable: Variable, to: Conversion): void {
    const port = to.haproxy.variables.MONITOR_PORT?.trim();
    const path = to.haproxy.variables.MONITOR_URI?.trim();
    if (port === undefined || path === undefined) {
        to.note(variable, "stands alone, and said nothing: MONITOR_PORT and MONITOR_URI belong together");
    } else if (port === "80" || port === "443") {
        monitorPage(path, { ...variable, name: "MONITOR_URI" }, to);
    } else {
        const fix = `relink answers on the public ports: ${setCommand(["front", "healthPath"], path)}`;
        to.refuse({ ...variable, name: "MONITOR_PORT" }, `is ${port}, a port of its own for one page`, fix);
    }
}

/** The path that the front answers itself. */
export function monitorPage(path: string, variable: Variable, to: Conversion): void {
    to.setFront(["healthPath"], path, variable);
}

/** `RSYSLOG_DESTINATION`. */
export function mapLogging(variable: Variable, to: Conversion): void {
    const [, address = "", port] = /^\[?([^\]]*?)\]?(?::(\d{1,5}))?$/.exec(variable.value.trim()) ?? [];
    if (address === "127.0.0.1" || address === "localhost") {
        return;
    }
    if (isIP(address) !== 4) {
        const fix = setCommand(["front", "haproxy", "global", 0], "log ADDRESS:514 local0");
        to.refuse(variable, "is a name, but relink's HAProxy looks up no names: it needs an IPv4 address", fix);
        return;
    }
    to.addFrontLine("global", `log ${address}${port === undefined ? "" : `:${port}`} local0`, variable);
    to.note(variable, "gets what went wrong; front.accessLog: json logs each request");
}

/** `SKIP_FORWARDED_PROTO`: another proxy stands before the front. */
export function refuseSkip(variable: Variable, to: Conversion): void {
    const message =
        "keeps what a proxy before says in X-Forwarded-Proto, but relink believes only proxies that it knows";
    to.refuse(variable, message, setCommand(["front", "trustedProxies", 0], "ADDRESS"));
}

/** `RELOAD_TIMEOUT`: how long HAProxy's old process lived on after each change. */
export function mapReloadTimeout(variable: Variable, to: Conversion): void {
    const seconds = Number(variable.value);
    if (!Number.isInteger(seconds)) {
        to.refuse(variable, "must be a whole number of seconds", "leave it out");
    } else if (seconds > 0) {
        for (const service of to.linked) {
            to.setService(service, ["drainTimeout"], `${seconds}s`, variable);
        }
    } else {
        const before = seconds < 0 ? "cut what was open at each change" : "waited for ever for what was open";
        to.note(variable, `${before}; relink drains for 60s (drainTimeout), and no change of a color is a reload`);
    }
}

/** `FORCE_DEFAULT_BACKEND`: whether a service without `VIRTUAL_HOST` gets all other requests. */
export function mapForceDefault(variable: Variable, to: Conversion): void {
    const without = to.linked.filter(({ variables }) => !variables.VIRTUAL_HOST && !to.haproxy.variables.VIRTUAL_HOST);
    if (!variable.value.includes("True") && without.length > 0) {
        const names = without.map(({ service }) => service).join(", ");
        const fix = "give it a VIRTUAL_HOST, or take it out of the links";
        to.refuse(variable, `leaves ${names} without any request, because it has no VIRTUAL_HOST`, fix);
    }
}

/** `STATS_PORT`. */
export function mapStatisticsPort(variable: Variable, to: Conversion): void {
    const port = Number(variable.value);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
        to.refuse(variable, "must be a port", setCommand(["front", "metrics", "port"], "8404"));
        return;
    }
    to.setFront(["metrics", "port"], port, variable);
    to.note(variable, "is the port of the statistics (/stats) and of Prometheus (/metrics), on 127.0.0.1 alone");
}

/** `ADDITIONAL_BACKEND_NAME`, `ADDITIONAL_BACKEND_FILE_NAME`. */
export function refuseBackend(variable: Variable, to: Conversion): void {
    const fix = "make a service of it: a container that passes on, such as nginx, where the server is no container";
    to.refuse(variable, "is a backend of your own, but relink writes the backends of its services alone", fix);
}

/** A file of lines in HAProxy's container: where the lines go. */
export function refuseLineFile(section: "global" | "frontend"): (variable: Variable, to: Conversion) => void {
    return (variable, to) => {
        const fix = `write its lines into the stack config: ${setCommand(["front", "haproxy", section, 0], "LINE")}`;
        to.refuse(variable, "names a file in HAProxy's container", fix);
    };
}

/** A file of lines for all listeners and backends. */
export function refuseDefaultFile(variable: Variable, to: Conversion): void {
    const fix = "write its lines into EXTRA_DEFAULT_SETTINGS, which says what becomes of each one";
    to.refuse(variable, "names a file in HAProxy's container", fix);
}

/** `TCP_PORTS`. HAProxy's own listeners are the front's. */
export function refuseTcpPorts(variable: Variable, to: Conversion): void {
    const isOfFront = variable.service === to.haproxy.service;
    const ports = variable.value.split(",").map(port => port.trim());
    const others = ports.filter(port => port !== "" && !(isOfFront && (port === "80" || port === "443")));
    if (others.length > 0) {
        to.refuse(
            variable,
            `has ${others.join(", ")}, ports for TCP services, which this command does not convert`,
            tcpFix,
        );
    } else if (isOfFront) {
        to.note(variable, "names the ports of the front itself: Tutum's HAProxy read it at services alone");
    }
}

/** `NBPROC`. */
export function noteProcesses(variable: Variable, to: Conversion): void {
    if (variable.value.trim() !== "1") {
        to.note(variable, "is not needed: HAProxy has one thread for each processor in the place of processes");
    }
}
