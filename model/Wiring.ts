import { shortDigest } from "../text/shortDigest";

/** The ports of a release. */
interface Ports {
    port?: number;
    routePorts?: Readonly<Record<string, number>>;
}

/**
 * HAProxy's state shows address and port of a server, and not how the backend chooses among several ports. So each server of such a
 * backend has an id that begins with this number. By it relink sees whether a worker knows a release's ports.
 * @returns a number that releases with the same ports share, 1 to 65536; undefined where each container has one port
 */
export function wiringOf({ port, routePorts }: Ports): number | undefined {
    if (routePorts === undefined) {
        return undefined;
    }
    const ports = Object.entries(routePorts).sort(([one], [two]) => (one < two ? -1 : 1));
    return 1 + Number.parseInt(shortDigest(JSON.stringify([port, ports])).slice(0, 4), 16);
}

/** @returns the port of a server in HAProxy; 0 where the backend chooses one of several for each request */
export function serverPort({ port, routePorts }: Ports): number | undefined {
    return routePorts === undefined ? port : 0;
}

/** @returns all ports of a release's containers, the main one first; none for a background service */
export function portsOf({ port, routePorts = {} }: Ports): number[] {
    return port === undefined ? [] : [...new Set([port, ...Object.values(routePorts)])];
}
