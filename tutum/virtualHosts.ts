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
    const from = variable ?? { service: service.service, name: "VIRTUAL_HOST", value: "" };
    const paths = pathsByHost(hosts);
    const isDefault = hosts.length === 0 || paths.get("*")?.delete("/") === true;
    const routes = isDefault && to.linked.length === 1 ? [] : routesOf(paths);
    const [first] = routes;
    if (isDefault && (to.linked.length > 1 || first !== undefined)) {
        to.setService(service, ["default"], true, from);
    }
    if (routes.length > 1) {
        to.setService(service, ["routes"], routes, from);
    } else {
        for (const [key, value] of Object.entries(first ?? {})) {
            to.setService(service, [key], value, from);
        }
    }
    noteDifferences(hosts, from, to);
}

function pathsByHost(hosts: readonly VirtualHost[]): Map<string, Set<string>> {
    const all = new Map<string, Set<string>>();
    for (const { host, path } of hosts) {
        all.set(host, (all.get(host) ?? new Set()).add(path));
    }
    return all;
}

/** @returns an entry for the hosts that have the same paths. Every host (`*`) and every path (`/`) need no key */
function routesOf(pathsOf: ReadonlyMap<string, ReadonlySet<string>>): { hosts?: string[]; paths?: string[] }[] {
    const groups = new Map<string, { hosts: string[]; paths: string[] }>();
    for (const [host, taken] of pathsOf) {
        const paths = [...taken].sort();
        const key = JSON.stringify([host === "*", paths]);
        const group = groups.get(key) ?? { hosts: [], paths };
        group.hosts.push(host);
        groups.set(key, group);
    }
    return [...groups.values()]
        .filter(({ paths }) => paths.length > 0)
        .map(({ hosts, paths }) => ({
            ...(hosts[0] !== "*" && { hosts }),
            ...(paths.join() !== "/" && { paths }),
        }));
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
