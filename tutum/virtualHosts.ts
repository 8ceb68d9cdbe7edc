import type { Conversion, TutumService, Variable } from "./Conversion";
import { splitList } from "./lists";
import { covers, parseVirtualHost, type VirtualHost } from "./VirtualHost";

/** The routes of a service. */
interface Routes {
    service: TutumService;
    /** @default undefined (it has no `VIRTUAL_HOST`) */
    variable?: Variable;
    hosts: VirtualHost[];
}

/** `VIRTUAL_HOST` and `VIRTUAL_HOST_WEIGHT` of all services. */
export function mapVirtualHosts(to: Conversion): void {
    const all = to.linked.map(service => readRoutes(service, to));
    refuseShared(all, to);
    refuseWeights(all, to);
    for (const routes of all) {
        setRoutes(routes, to);
    }
    refuseHttps(all, to);
}

function readRoutes(service: TutumService, to: Conversion): Routes {
    const variable = to.variableOf(service, "VIRTUAL_HOST");
    const hosts: VirtualHost[] = [];
    for (const text of splitList(variable?.value ?? "")) {
        const host = parseVirtualHost(text);
        if ("fix" in host) {
            to.refuse(variable!, host.message, host.fix);
        } else {
            hosts.push(host);
        }
    }
    return { service, variable, hosts };
}

/** Tutum's HAProxy merged services with the same `VIRTUAL_HOST`, and those without one, into one backend. */
function refuseShared(all: readonly Routes[], to: Conversion): void {
    const owners = new Map<string, Routes>();
    for (const routes of all) {
        const places = routes.variable === undefined ? ["*/"] : routes.hosts.map(({ host, path }) => `${host}${path}`);
        for (const place of new Set(places)) {
            const other = owners.get(place);
            owners.set(place, other ?? routes);
            if (other !== undefined) {
                refuseSame(place, { routes, other }, to);
            }
        }
    }
}

function refuseSame(place: string, { routes, other }: { routes: Routes; other: Routes }, to: Conversion): void {
    const { service, variable = { service: service.service, name: "VIRTUAL_HOST", value: "" } } = routes;
    const isSame = routes.variable?.value === other.variable?.value;
    const merged = isSame ? ", and Tutum's HAProxy merged both into one backend" : "";
    const says = routes.variable === undefined ? "is not set" : `takes ${place}`;
    const message = `${says}, as at ${other.service.service}${merged}: in relink a route has one service`;
    const stem = other.service.name;
    const fix = `make one service of both, with more containers; or, as two versions of one, name them ${stem}-blue and ${stem}-green`;
    to.refuse(variable, message, fix);
}

/** relink takes the more specific route first. A weight that did otherwise took all requests of the other service. */
function refuseWeights(all: readonly Routes[], to: Conversion): void {
    for (const wide of all) {
        const variable = to.variableOf(wide.service, "VIRTUAL_HOST_WEIGHT");
        const hidden = all.filter(
            narrow => weightOf(wide.service) > weightOf(narrow.service) && hides(wide.hosts, narrow.hosts),
        );
        if (variable !== undefined && hidden.length > 0) {
            const names = hidden.map(({ service }) => service.service).join(", ");
            const message = `puts ${wide.service.service} before ${names}, so that ${names} got no request; relink takes the more specific route first`;
            to.refuse(variable, message, `leave it out, and ${names} too, if it is to get none`);
        }
    }
}

function hides(wide: readonly VirtualHost[], narrow: readonly VirtualHost[]): boolean {
    const isHidden = (one: VirtualHost) => wide.some(other => covers(other, one) && !covers(one, other));
    return narrow.length > 0 && narrow.every(isHidden);
}

function weightOf({ variables }: TutumService): number {
    return Number.parseInt(variables.VIRTUAL_HOST_WEIGHT ?? "0", 10) || 0;
}

function setRoutes({ service, variable, hosts }: Routes, to: Conversion): void {
    const isOnly = to.linked.length === 1;
    const from = variable ?? { service: service.service, name: "VIRTUAL_HOST", value: "" };
    const names = [...new Set(hosts.map(({ host }) => host))];
    const paths = [...new Set(hosts.map(({ path }) => path))];
    if (names.length * paths.length > new Set(hosts.map(({ host, path }) => host + path)).size) {
        const message =
            "has paths of single hosts, but a service of relink takes each of its hosts with each of its paths";
        to.refuse(from, message, "make the hosts' paths the same, or make services of them");
        return;
    }
    const isEveryHost = names.length === 0 || names.includes("*");
    const isEveryPath = paths.length === 0 || paths.includes("/");
    if (!isEveryHost) {
        to.setService(service, ["hosts"], names, from);
    }
    if (!isEveryPath) {
        to.setService(service, ["paths"], paths, from);
    }
    if (isEveryHost && isEveryPath && !isOnly) {
        to.setService(service, ["default"], true, from);
    }
    noteDifferences(hosts, from, to);
}

function noteDifferences(hosts: readonly VirtualHost[], from: Variable, to: Conversion): void {
    for (const { host, text, differs, path } of hosts) {
        const isWhole = hosts.some(other => other.host === host && other.path === path && other.differs === undefined);
        if (differs !== undefined && !isWhole) {
            to.note(from, `has ${text}; the path ${differs} now`);
        }
        if (host.startsWith("*.")) {
            to.note(from, `has ${host}; in relink the star is one label: not a.b${host.slice(1)}`);
        }
    }
}

/** An entry with TLS needs a certificate. */
function refuseHttps(all: readonly Routes[], to: Conversion): void {
    for (const { variable, hosts } of all) {
        const secure = hosts.find(({ scheme }) => scheme === "https" || scheme === "wss");
        if (variable !== undefined && secure !== undefined && to.front.https === undefined) {
            const fix = `add DEFAULT_SSL_CERT to ${to.haproxy.service}; or write http, and set relink:front.https.acme.email afterwards`;
            to.refuse(variable, `has ${secure.text}, but there is no certificate`, fix);
        }
    }
}
