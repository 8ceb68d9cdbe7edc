import type { ServiceSettings } from "./ServiceSettings";
import type { UserMatch } from "./StrategySettings";

/** What the listeners do for one service beside its routes and its access. */
export interface ServiceRules {
    /** The users who get a canary's new release. @default undefined (nobody is chosen) */
    match?: UserMatch[];
}

/** @returns the rules of each service that has some, by its name */
export function serviceRulesOf(
    services: readonly Pick<ServiceSettings, "name" | "policy">[],
): Record<string, ServiceRules> {
    const rules = services.map(({ name, policy: { strategy } }): [string, ServiceRules] => [
        name,
        strategy.kind === "canary" && strategy.match !== undefined ? { match: strategy.match } : {},
    ]);
    return Object.fromEntries(rules.filter(([, some]) => Object.keys(some).length > 0));
}
