import type { Route } from "./Route";
import type { ServiceSettings } from "./ServiceSettings";
import type { UserMatch } from "./StrategySettings";

/** Where a TCP service gets its connections. */
export interface TcpListen {
    /** Port on the Docker host. */
    port: number;
    /** The host that a client names by TLS decides about the service. @default undefined (one service has the whole port) */
    sni?: true;
}

/** What the listeners do for one service beside its routes and its access. */
export interface ServiceRules {
    /** The users who get a canary's new release. @default undefined (nobody is chosen) */
    match?: UserMatch[];
    /** Whether the warm color answers while no server of the live one is up. @default undefined (no) */
    failover?: true;
    /** Whether the stack's own containers reach it by its name. @default undefined (no) */
    internal?: true;
    /** @default undefined (it is not a TCP service) */
    listen?: TcpListen;
}

/** @returns the rules of each service that has some, by its name */
export function serviceRulesOf(
    services: readonly Pick<ServiceSettings, "name" | "policy" | "failover" | "internal" | "routes">[],
): Record<string, ServiceRules> {
    const rules = services.map(({ name, failover, internal, policy: { strategy }, routes }): [string, ServiceRules] => {
        const listen = listenOf(routes);
        return [
            name,
            {
                ...(strategy.kind === "canary" && strategy.match !== undefined && { match: strategy.match }),
                ...(failover && { failover }),
                ...(internal && { internal }),
                ...(listen !== undefined && { listen }),
            },
        ];
    });
    return Object.fromEntries(rules.filter(([, some]) => Object.keys(some).length > 0));
}

/** A TCP service has one port. */
function listenOf(routes: readonly Route[]): TcpListen | undefined {
    const [{ tcpPort, host } = {}] = routes;
    return tcpPort === undefined ? undefined : { port: tcpPort, ...(host !== "*" && { sni: true as const }) };
}
