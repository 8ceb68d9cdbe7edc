import type { LiveSystem } from "../look/LiveSystem";
import { serviceRulesOf } from "../model/ServiceRules";
import { accessOf } from "../model/ServiceSettings";
import { stackRulesOf } from "../model/StackRules";
import type { Target } from "../model/Target";
import { dockerProvider, unaskedProvider } from "./dockerProvider";
import { HaproxyFront } from "./HaproxyFront";
import type { Outlook } from "./Outlook";
import { UsedFront } from "./UsedFront";

/** @returns the front of a stack that has its own */
export function ownFront(target: Target, { settings, front }: Outlook, live: LiveSystem | undefined): HaproxyFront {
    const provider = live === undefined ? unaskedProvider() : dockerProvider(live);
    return new HaproxyFront(
        "front",
        {
            target,
            settings: settings.front,
            access: accessOf(settings.services),
            services: serviceRulesOf(settings.services),
            users: settings.users,
            plan: front,
        },
        { providers: provider && [provider] },
    );
}

/** @returns the front of a stack that uses another stack's */
export function usedFront(target: Target, { settings, front }: Outlook): UsedFront {
    return new UsedFront("front", { target, rules: stackRulesOf(settings), plan: front }, {});
}
