import type { Engine } from "../docker/Engine";
import { type FrontPlan, planFront } from "../front/frontPlan";
import { type FoundImage, findImages } from "../look/images";
import { observe, observedService, observeEverything } from "../look/observe";
import type { ObservedService } from "../model/ObservedService";
import type { Settings } from "../model/Settings";
import type { Target } from "../model/Target";
import { type OwnState, readOwnState } from "./ownState";
import { type SeenServices, servicesIn } from "./stackPlan";

/** What the plan is made from. */
export interface Outlook {
    seen: SeenServices;
    images: Map<string, FoundImage>;
    front: FrontPlan;
    /** What Pulumi's state holds, where it can be read. */
    state?: OwnState;
    /** It was assumed, not observed: every sentence of the plan says so. */
    isAssumed: boolean;
}

/** Looks at the live system and at the registries. */
export async function observed(engine: Engine, target: Target, settings: Settings): Promise<Outlook> {
    const [world, state] = await Promise.all([observeEverything(engine, target), readOwnState()]);
    const [images, front] = await Promise.all([
        findImages(engine, settings, world),
        planFront(engine, target, settings, world),
    ]);
    return { seen: servicesIn(world), images, front, state, isAssumed: false };
}

/** A service whose plan was not carried out, as it is by then: an `up` that fails may have moved its link back. */
export async function afterwards(
    engine: Engine | undefined,
    target: Target,
    before: ObservedService,
): Promise<ObservedService> {
    try {
        return engine === undefined ? before : observedService(await observe(engine, target), before.name);
    } catch {
        // Its row says why it failed, which is perhaps why nobody can look.
        return before;
    }
}
