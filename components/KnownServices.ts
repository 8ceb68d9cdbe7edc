import { fingerprint } from "../look/fingerprint";
import { observedService } from "../look/observedService";
import type { AddressBlock } from "../model/addresses";
import type { ObservedService } from "../model/ObservedService";
import { ownServices } from "../model/ownership";
import type { Target } from "../model/Target";
import type { World } from "../model/World";

/** The services of a stack as they are now: read from the live system, or assumed. */
export interface KnownServices {
    /** Names of the stack's services that have a record, or a link in Pulumi's state. */
    names: string[];
    service(name: string): ObservedService;
    /** Fingerprint of the observed state; the provider compares it before its first change. */
    fingerprint(name: string): string;
    /** Addresses that a color has, of whichever stack. */
    taken: AddressBlock[];
}

/** The services as the live system shows them. */
export function servicesIn(world: World, target: Target): KnownServices {
    const records = [...world.records.services.values()];
    return {
        names: ownServices(world.records, target),
        service: name => observedService(world, name),
        fingerprint: name => fingerprint(world, name),
        taken: records.flatMap(({ blue, green }) => [blue.block, green.block].filter(block => block !== undefined)),
    };
}
