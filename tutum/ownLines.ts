import { setCommand } from "../settings/configCommands";
import { keepUsers, refuseAffinity } from "./affinity";
import type { Conversion, TutumService, Variable } from "./Conversion";
import { mapConnections, monitorPage, refuseMode } from "./frontVariables";
import { splitLine, splitList } from "./lists";
import { mapFrontOption, mapServiceOption } from "./options";
import { httpsRedirectIn, redirectAll, redirectService } from "./redirect";
import { mapTimeout } from "./timeouts";

/** Lines of HAProxy's configuration that relink writes itself, or that HAProxy does not have any more. */
const refused: Record<string, string> = {
    bind: "relink writes the bind lines: front.http.port, front.https",
    server: "relink writes the server lines: a service of its own has replicas and routes",
    listen: "relink writes the sections: make it a service",
    use_backend: "relink's backends have other names: hosts and paths of the service lead to it",
    default_backend: "relink's backends have other names: default: true at the service leads to it",
    errorfile: `name the page in the stack config: ${setCommand(["front", "errorPages", "503"], "FILE")}`,
    stats: "HAProxy's page of statistics is front.statistics (STATS_AUTH)",
    user: "relink's HAProxy runs without any capability, as the image's user: leave it out",
    group: "relink's HAProxy runs without any capability, as the image's user: leave it out",
    chroot: "relink's HAProxy runs in a container that cannot be written: leave it out",
    daemon: "relink's HAProxy is its container's own process: leave it out",
    pidfile: "relink's HAProxy is its container's own process: leave it out",
    nbproc: "HAProxy has threads in its place, one for each processor, and needs no setting: leave it out",
    reqrep: "write http-request replace-path or http-request replace-header",
    reqirep: "write http-request replace-path or http-request replace-header",
    rsprep: "write http-response replace-header",
    rspirep: "write http-response replace-header",
    reqdel: "write http-request del-header NAME",
    reqidel: "write http-request del-header NAME",
    rspdel: "write http-response del-header NAME",
    rspidel: "write http-response del-header NAME",
    reqdeny: "write http-request deny if CONDITION",
    reqideny: "write http-request deny if CONDITION",
    block: "write http-request deny if CONDITION",
    redispatch: "relink's HAProxy does it: leave it out",
    contimeout: "write TIMEOUT=connect TIME",
    clitimeout: "write TIMEOUT=client TIME",
    srvtimeout: "write TIMEOUT=server TIME",
};

/** Where a line stands: the variable, and the service whose backends it is for. */
export interface LinePlace {
    variable: Variable;
    /** @default undefined (the listeners) */
    service?: TutumService;
}

/** `EXTRA_GLOBAL_SETTINGS`. */
export function mapGlobalLines(variable: Variable, to: Conversion): void {
    for (const line of splitList(variable.value)) {
        const [word = "", value = ""] = splitLine(line);
        if (word === "maxconn") {
            mapConnections({ ...variable, value }, to);
        } else if (!refuseLine(line, variable, to)) {
            to.addFrontLine("global", line, variable);
        }
    }
}

/** `EXTRA_DEFAULT_SETTINGS`: what all listeners and backends have. relink has no lines of its own for that. */
export function mapDefaultLines(variable: Variable, to: Conversion): void {
    for (const line of splitList(variable.value)) {
        const [word = "", value = ""] = splitLine(line);
        if (word === "balance" || word === "retries") {
            for (const service of to.linked) {
                to.addBackendLine(service, line, variable);
            }
        } else if (word === "log" && value === "global") {
            // relink's defaults have it.
        } else if (!mapKnown(line, { variable }, to) && !refuseLine(line, variable, to)) {
            const message = `has the line ${word}, but relink takes no own lines for all listeners and backends at once`;
            to.refuse(variable, message, "write it for the one or the other: front.haproxy.frontend, haproxy.backend");
        }
    }
}

/** `EXTRA_SETTINGS` of a service. */
export function mapBackendLines(variable: Variable, service: TutumService, to: Conversion): void {
    for (const line of splitList(variable.value)) {
        const place = { variable, service };
        if (!mapKnown(line, place, to) && !refuseLine(line, variable, to)) {
            const added = addedHeader(line);
            to.addBackendLine(service, added ?? line, variable);
        }
    }
}

/** One line of a listener. */
export function mapFrontendLine(line: string, variable: Variable, to: Conversion): void {
    if (!mapKnown(line, { variable }, to) && !refuseLine(line, variable, to)) {
        to.addFrontLine("frontend", addedHeader(line) ?? line, variable);
    }
}

/** Takes a line for which relink has a setting. @returns whether it was one */
function mapKnown(line: string, { variable, service }: LinePlace, to: Conversion): boolean {
    const [word = "", first = "", ...more] = splitLine(line);
    const rest = line.slice(word.length).trim();
    const redirect = httpsRedirectIn(line);
    if (redirect !== undefined) {
        if (service === undefined) {
            redirectAll(redirect, variable, to);
        } else {
            redirectService(redirect, { variable, service }, to);
        }
    } else if (word === "timeout" && service !== undefined && first === "server") {
        mapServerTimeout(more[0] ?? "", { variable, service }, to);
    } else if (word === "timeout" && service === undefined) {
        mapTimeout(rest, variable, to);
    } else if (word === "option") {
        service === undefined ? mapFrontOption(rest, variable, to) : mapServiceOption(rest, { variable, service }, to);
    } else if (word === "maxconn" && service === undefined) {
        mapConnections({ ...variable, value: first }, to);
    } else if (word === "mode") {
        refuseMode({ ...variable, value: first }, to);
    } else if (word === "monitor-uri") {
        monitorPage(first, variable, to);
    } else if (word === "cookie" && service !== undefined) {
        keepUsers(rest, { variable, service }, to);
    } else if (["cookie", "appsession", "stick"].includes(word)) {
        refuseAffinity(variable, service, to);
    } else {
        return false;
    }
    return true;
}

function mapServerTimeout(
    time: string,
    { variable, service }: { variable: Variable; service: TutumService },
    to: Conversion,
): void {
    to.addBackendLine(service, `timeout server ${time}`, variable);
}

/** @returns whether the line was refused */
function refuseLine(line: string, variable: Variable, to: Conversion): boolean {
    const [word = ""] = splitLine(line);
    if (!Object.hasOwn(refused, word)) {
        return false;
    }
    to.refuse(variable, `has the line ${word}, which relink does not take`, refused[word]);
    return true;
}

/**
 * Translates `reqadd` and `rspadd`, which HAProxy 2.1 removed.
 *
 * @returns the line of today; undefined for any other line
 */
function addedHeader(line: string): string | undefined {
    const [word = "", header = "", ...condition] = splitLine(line);
    const side = /^(req|rsp)i?add$/.exec(word)?.[1];
    const [, name, value = ""] = /^([A-Za-z0-9-]+):\s*([^"$\\]*)$/.exec(header) ?? [];
    if (side === undefined || name === undefined) {
        return undefined;
    }
    const action = `http-${side === "req" ? "request" : "response"} add-header ${name} "${value.replaceAll("%", "%%")}"`;
    return [action, ...condition].join(" ");
}
