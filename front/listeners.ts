/** Ports inside the anchor's network namespace. */
export const listenerPorts = {
    http: 8080,
    https: 8443,
    preview: 8090,
    metrics: 8404,
    internal: 80,
    probe: 8405,
} as const;

/** HAProxy has no right to ports below this one. */
const firstPort = 1024;

/**
 * @param port of a TCP service on the Docker host, at most 64000
 * @returns the port inside the anchor's network namespace. No two ports have the same one
 */
export function tcpPortInside(port: number): number {
    const isTaken = Object.values<number>(listenerPorts).includes(port);
    return port < firstPort ? 64_000 + port : isTaken ? 57_000 + port : port;
}
