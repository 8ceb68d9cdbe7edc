import type { ServiceSettings } from "./ServiceSettings";
import type { UserMatch } from "./StrategySettings";

/** What the listeners do for one service beside its routes and its access. */
export interface ServiceRules {
    /** The users who get a canary's new release. @default undefined (nobody is chosen) */
    match?: UserMatch[];
    /** Whether the warm color answers while no server of the live one is up. @default undefined (no) */
    failover?: true;
    /** Whether the stack's own containers reach it by its name. @default undefined (no) */
    internal?: true;
}

/** @returns the rules of each service that has some, by its name */
export function serviceRulesOf(
    services: readonly Pick<ServiceSettings, "name" | "policy" | "failover" | "internal">[],
): Record<string, ServiceRules> {
    const rules = services.map(({ name, failover, internal, policy: { strategy } }): [string, ServiceRules] => [
        name,
        {
            ...(strategy.kind === "canary" && strategy.match !== undefined && { match: strategy.match }),
            ...(failover && { failover }),
            ...(internal && { internal }),
        },
    ]);
    return Object.fromEntries(rules.filter(([, some]) => Object.keys(some).length > 0));
}
