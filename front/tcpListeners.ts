import { readMap } from "../haproxy/maps";
import { checked, checkedInteger, mapPath, tcpFile } from "../haproxy/names";
import { parseRoutes, tcpKey } from "../haproxy/routes";
import type { FrontSettings, PublicRules } from "../model/FrontSettings";
import type { ServiceRules } from "../model/ServiceRules";
import { type Access, connectionRules } from "./access";
import { connectionLimit } from "./limits";
import { listenerPorts, tcpPortInside } from "./listeners";
import { limitedAddresses, type NearAddresses, nearAcl, proxyProtocolRules, trustedAcl } from "./origin";

/** The TCP services of a front, and the ports at which they get connections. */
export interface TcpListeners {
    /** Whether clients name their service by TLS (SNI), by port on the Docker host. */
    ports: ReadonlyMap<number, boolean>;
    /** Their names, in alphabetical order. */
    services: readonly string[];
}

type Settings = Pick<FrontSettings, "trustedProxies"> & Partial<PublicRules> & { access?: Access };

/** How long a client may take to name its host by TLS, milliseconds. */
const helloMs = 5_000;

/**
 * @param services what the listeners do for single services
 * @param files HAProxy's files. A service that leaves has its port as long as its route is there
 */
export function tcpListenersOf(
    services: Readonly<Record<string, ServiceRules>>,
    files: ReadonlyMap<string, string>,
): TcpListeners {
    const ports = new Map<number, boolean>();
    const names = new Set<string>();
    const add = (service: string, port: number, isNamed: boolean) => {
        names.add(service);
        ports.set(port, isNamed || ports.get(port) === true);
    };
    for (const [service, { listen }] of Object.entries(services)) {
        if (listen !== undefined) {
            add(service, listen.port, listen.sni === true);
        }
    }
    for (const { route, service } of parseRoutes(readMap(files, "routes"))) {
        if (route.tcpPort !== undefined) {
            add(service, route.tcpPort, route.host !== "*");
        }
    }
    return { ports: new Map([...ports].sort(([one], [other]) => one - other)), services: [...names].sort() };
}

/** Writes the listeners of TCP services, or removes their file where there are none. */
export function writeTcpListeners(
    files: Map<string, string>,
    front: Settings,
    near: NearAddresses,
    listeners: TcpListeners,
): void {
    files.delete(tcpFile);
    if (listeners.services.length > 0) {
        files.set(tcpFile, renderTcpListeners(front, near, listeners));
    }
}

/** @returns the text of `conf/11-tcp.cfg` */
export function renderTcpListeners(front: Settings, near: NearAddresses, { ports, services }: TcpListeners): string {
    const rules = `${connectionRules(front.access ?? {}, services, near.gateway)}${colorRules}`;
    const frontends = [...ports].map(([port, isNamed]) => portFrontend(front, near, { port, isNamed, rules }));
    return `# Listeners of TCP services: port, or host by TLS -> service (routes.map) -> color (link.map) -> backend SERVICE-COLOR. A
# connection stays on its color until it ends.

${[...frontends, probeFrontend(near)].join("\n")}`;
}

/** @returns the name of the listener of a port on the Docker host */
export function tcpFrontendName(port: number): string {
    return `tcp-${checkedInteger("port", port, 1, 65_535)}`;
}

function portFrontend(
    front: Settings,
    near: NearAddresses,
    { port, isNamed, rules }: { port: number; isNamed: boolean; rules: string },
): string {
    const connections = connectionLimit(front);
    return `frontend ${tcpFrontendName(port)} from relink
    mode tcp
    option tcplog
    bind :${tcpPortInside(port)}
${nearAcl(near)}
${trustedAcl(front.trustedProxies)}${limitedAddresses(connections, front.trustedProxies.length > 0)}
${proxyProtocolRules(front.proxyProtocol, connections)}${isNamed ? serviceByHost(port) : serviceOfPort(port)}
${rules}
`;
}

const routes = `map_beg(${mapPath("routes")})`;

function serviceOfPort(port: number): string {
    return `    tcp-request content set-var(txn.service) str(${tcpKey(port, "*")}),${routes}`;
}

/** The exact host comes first, then `*.example.com`. HAProxy reads the first bytes of TLS and passes them on as they are. */
function serviceByHost(port: number): string {
    const start = `str(${tcpKey(port, "").slice(0, -1)})`;
    const unless = "unless { var(txn.service) -m found }";
    return `    # The host that the client names by TLS. The certificate is the service's: TLS is passed through.
    tcp-request inspect-delay ${helloMs}ms
    tcp-request content reject unless { req.ssl_hello_type 1 }
    tcp-request content set-var(txn.host) req.ssl_sni,lower,rtrim(.)
    tcp-request content set-var(txn.wildcard) var(txn.host),regsub(^[^.]*,*)
    tcp-request content set-var(txn.service) ${start},concat(,txn.host,/),${routes}
    tcp-request content set-var(txn.service) ${start},concat(,txn.wildcard,/),${routes} ${unless}
    tcp-request content set-var(txn.service) ${start},concat(*/),${routes} ${unless}`;
}

/** The link is looked up once for each connection. A canary shares out connections, as it does requests (front/frontends.ts). */
const colorRules = `    tcp-request content set-var(txn.link) var(txn.service),map_str(${mapPath("link")})
    tcp-request content set-var(txn.percent) var(txn.link),field(3,:),add(0) unless { var(txn.link),field(3,:) 0 }
    tcp-request content set-var(txn.turn) src,concat(:,txn.service),xxh32,mod(100) if { var(txn.percent) -m found } { var(txn.link),field(4,:) hash }
    tcp-request content track-sc0 var(txn.service) table canaries if { var(txn.percent) -m found } !{ var(txn.turn) -m found }
    tcp-request content set-var(txn.turn) sc0_inc_gpc0(canaries),mul(txn.percent),mod(100) if { var(txn.percent) -m found } !{ var(txn.turn) -m found }
    tcp-request content set-var(txn.color) var(txn.link),field(2,:) if { var(txn.turn) -m found } { var(txn.turn),sub(txn.percent) -m int lt 0 }
    tcp-request content set-var(txn.color) var(txn.link),field(1,:) unless { var(txn.color) -m found }
    tcp-request content reject unless { var(txn.color) -m str blue green }
    use_backend %[var(txn.service)]-%[var(txn.color)]`;

/** The listener of relink's own conversations. Its port is not published. */
function probeFrontend(near: NearAddresses): string {
    return `# relink's own conversations, from the Docker host or the anchor alone. A one-time secret and a color come by PROXY protocol.
frontend tcp-probe from relink
    mode tcp
    option tcplog
    bind :${listenerPorts.probe} accept-proxy
${nearAcl(near)}
    tcp-request connection reject unless from_near
    tcp-request content set-log-level silent
    tcp-request content set-var(txn.service) fc_pp_authority,field(1,/),map_str(${mapPath("confirm")})
    tcp-request content set-var(txn.color) fc_pp_authority,field(2,/)
    tcp-request content reject unless { var(txn.service) -m found } { var(txn.color) -m str blue green }
    use_backend %[var(txn.service)]-%[var(txn.color)]
`;
}

/**
 * @param headers of HAProxy's answer, and how it refuses everybody else. @default no refusal: no route leads to a TCP service
 * @returns the lines by which HAProxy itself answers relink's question about a TCP service, or nothing where there is none: to
 * which color and release a connection goes, and whether a container there is up
 */
export function tcpAnswers(
    services: readonly string[],
    headers: { color: string; release: string; refusal?: string },
): string {
    const { color, release, refusal } = headers;
    if (services.length === 0) {
        return "";
    }
    const ours = "is_tcp { var(txn.confirmed) -m bool }";
    const text = [
        "    # TCP services. Of those HAProxy itself answers our own question: color and release, and whether a container is up.",
        ...services.map(service => `    acl is_tcp var(txn.service) -m str ${checked("service", service)}`),
        `    http-request set-var(txn.backend) var(txn.service),concat(-,txn.color) if ${ours}`,
        `    http-request set-var(txn.usable) var(txn.backend),nbsrv if ${ours}`,
        `    http-request return status 200 hdr ${color} %[var(txn.color)] hdr ${release} %[var(txn.backend),map_str(${mapPath("releases")})] if ${ours} { var(txn.usable) -m int gt 0 }`,
        `    http-request return status 503 hdr ${color} %[var(txn.color)] if ${ours}`,
        ...(refusal === undefined ? [] : [`    http-request ${refusal} if is_tcp`]),
    ];
    return `${text.join("\n")}\n`;
}
