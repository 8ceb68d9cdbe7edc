import { shortDigest } from "../text/shortDigest";

/** How to reach a release's containers. */
interface Reached {
    port?: number;
    routePorts?: Readonly<Record<string, number>>;
    protocol?: "h2c" | "tcp";
}

/**
 * HAProxy's state shows address and port of a server. It does not show how the backend chooses among several ports, nor what it
 * speaks there. So each server of such a backend has an id that begins with this number. By it relink sees whether a worker can
 * reach a release's containers.
 * @returns a number that releases with the same ports and protocol share, 1 to 65536; undefined for one port and HTTP/1.1, or TCP
 */
export function wiringOf({ port, routePorts, protocol }: Reached): number | undefined {
    if (routePorts === undefined && protocol !== "h2c") {
        return undefined;
    }
    const ports = Object.entries(routePorts ?? {}).sort(([one], [two]) => (one < two ? -1 : 1));
    // A protocol is left out where there is none, so that servers which run already keep their ids.
    const reached = [port, ports, ...(protocol === undefined ? [] : [protocol])];
    return 1 + Number.parseInt(shortDigest(JSON.stringify(reached)).slice(0, 4), 16);
}

/** @returns the port of a server in HAProxy; 0 where the backend chooses one of several for each request */
export function serverPort({ port, routePorts }: Reached): number | undefined {
    return routePorts === undefined ? port : 0;
}

/** @returns all ports of a release's containers, the main one first; none for a background service */
export function portsOf({ port, routePorts = {} }: Reached): number[] {
    return port === undefined ? [] : [...new Set([port, ...Object.values(routePorts)])];
}
