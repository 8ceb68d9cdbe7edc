import { type FrontPlan, planFront } from "../front/frontPlan";
import { asFound, planUsedFront } from "../front/usedFront";
import { type FoundImage, findImages } from "../look/images";
import type { LiveSystem } from "../look/LiveSystem";
import { observedService } from "../look/observedService";
import { readWholeWorld, readWorld } from "../look/readWorld";
import type { ObservedService } from "../model/ObservedService";
import type { Settings } from "../model/Settings";
import { changedProtocols } from "./changedProtocols";
import { claimedTwice } from "./claims";
import { SettingsError } from "./fromPulumi";
import { type KnownServices, servicesIn } from "./KnownServices";
import { type OwnState, readOwnState } from "./ownState";

/** What the plan is made from. */
export interface Outlook {
    services: KnownServices;
    images: Map<string, FoundImage>;
    front: FrontPlan;
    /** The settings, with the front as it is where it is another stack's. */
    settings: Settings;
    /** Pulumi's state, if it can be read. */
    state?: OwnState;
    /** Whether it was assumed instead of observed. Every sentence of the plan says so then. */
    isAssumed: boolean;
}

/**
 * Looks at the live system and at the registries.
 * @throws RunError where the front cannot be as the settings say, SettingsError where another stack has what they claim, or
 * a live service would change between HTTP and TCP
 */
export async function outlookOf({ engine, target }: LiveSystem, settings: Settings): Promise<Outlook> {
    const [world, state] = await Promise.all([readWholeWorld(engine, target), readOwnState()]);
    const [images, front] = await Promise.all([
        findImages(engine, settings, world),
        target.uses ? planUsedFront(engine, target, settings, world) : planFront(engine, target, settings, world),
    ]);
    const problems = [...claimedTwice(settings, target, world), ...changedProtocols(settings, world)];
    if (problems.length > 0) {
        throw new SettingsError(problems, target.stack);
    }
    const found = target.uses ? { ...settings, front: asFound(settings.front, world) } : settings;
    return { services: servicesIn(world, target), images, front, settings: found, state, isAssumed: false };
}

/**
 * Looks again at a service whose plan was not carried out: an `up` that fails may have moved its link back.
 * @returns what was known before when nobody can look
 */
export async function afterFailure(live: LiveSystem | undefined, before: ObservedService): Promise<ObservedService> {
    try {
        return live === undefined ? before : observedService(await readWorld(live.engine, live.target), before.name);
    } catch {
        // The failed resource has said why. Perhaps Docker does not answer for the same reason.
        return before;
    }
}
