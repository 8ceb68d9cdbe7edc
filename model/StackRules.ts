import type { ServiceAccess } from "./ServiceAccess";
import { type ServiceRules, serviceRulesOf } from "./ServiceRules";
import { accessOf } from "./ServiceSettings";
import type { Settings } from "./Settings";

/** What the listeners do for the services of a stack that uses another stack's front. */
export interface StackRules {
    /** The services of the stack's config. */
    names: readonly string[];
    /** Who may ask, by service. */
    access: Readonly<Record<string, ServiceAccess>>;
    /** What the listeners do for single services beside that. */
    services: Readonly<Record<string, ServiceRules>>;
    /** Hashes of the passwords, by the user's name. */
    users: Readonly<Record<string, string>>;
}

/** @returns what a stack's settings ask of the listeners for its services */
export function stackRulesOf({ services, users }: Pick<Settings, "services" | "users">): StackRules {
    const names = services.map(({ name }) => name);
    return { names, access: accessOf(services), services: serviceRulesOf(services), users };
}
