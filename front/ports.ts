import { checked, checkedInteger } from "../haproxy/names";
import { portMark } from "../haproxy/routes";

/** The ports of a release's containers. */
export interface ContainerPorts {
    /** Port that the containers listen on. */
    port: number;
    /** Other ports of the same containers, by the places whose requests go there. @default none */
    routePorts?: Readonly<Record<string, number>>;
    /** What HAProxy speaks on all of them, or `tcp` where it passes on connections. @default HTTP/1.1 */
    protocol?: "h2c" | "tcp";
}

/** HAProxy takes 64 words a line. */
const marksPerLine = 40;

/**
 * Chooses the port of each request. HAProxy's servers then have no port, so that a request goes to the port that it was sent to:
 * the rules set that one.
 * @returns the rules of a backend whose containers have several ports; none for a single port
 */
export function portRules(spec: ContainerPorts): string[] {
    const rules = [...placesByPort(spec)].flatMap(([port, places]) =>
        chunks(places, marksPerLine).flatMap(some => [
            `    # ${some.map(place => checked("place", place)).join(", ")}`,
            `    http-request set-dst-port int(${port}) if { var(txn.route),field(4,:) -m str ${some.map(portMark).join(" ")} }`,
        ]),
    );
    return rules.length === 0
        ? []
        : [
              "    # The servers have no port: a request goes to the port that it was sent to, and these lines set that.",
              `    http-request set-dst-port int(${mainPort(spec)})`,
              ...rules,
          ];
}

/**
 * @param send the line with the health check's request; undefined for a check that only connects
 * @returns the lines by which the health check asks each of several ports before it asks the main one. Any answer by HTTP is
 * good there. None for a single port
 */
export function portChecks(spec: ContainerPorts, send: string | undefined): string[] {
    const others = [...placesByPort(spec).keys()];
    if (others.length === 0) {
        return [];
    }
    const main = mainPort(spec);
    // Such a line does not take over the protocol of the servers' checks.
    const protocol = spec.protocol !== "h2c" ? "" : " proto h2";
    return send === undefined
        ? ["    option tcp-check", ...[...others, main].map(port => `    tcp-check connect port ${port}`)]
        : [
              "    # Each other port has to answer too, with any status.",
              ...others.flatMap(port => [
                  `    http-check connect port ${port}${protocol}`,
                  send,
                  "    http-check expect status 100-599",
              ]),
              `    http-check connect port ${main}${protocol}`,
          ];
}

function mainPort({ port }: ContainerPorts): number {
    return checkedInteger("port", port, 1, 65_535);
}

/** @returns the places of each other port, both in ascending order: the same settings make the same text */
function placesByPort({ routePorts = {} }: ContainerPorts): Map<number, string[]> {
    const ports = [...new Set(Object.values(routePorts))].sort((one, other) => one - other);
    return new Map(
        ports.map(port => [
            checkedInteger("routes[].port", port, 1, 65_535),
            Object.keys(routePorts)
                .filter(place => routePorts[place] === port)
                .sort(),
        ]),
    );
}

function chunks<T>(all: readonly T[], size: number): T[][] {
    return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
        all.slice(index * size, (index + 1) * size),
    );
}
