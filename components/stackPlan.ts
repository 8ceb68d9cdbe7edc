import { withPlainEnvironment } from "../compose/environmentSecrets";
import type { FrontPlan } from "../front/frontPlan";
import type { FoundImage } from "../look/images";
import type { Color } from "../model/Color";
import type { ObservedService } from "../model/ObservedService";
import { type Release, releaseId } from "../model/Release";
import type { ServiceSettings } from "../model/ServiceSettings";
import type { Settings } from "../model/Settings";
import { placesIn } from "../plan/handovers";
import type { Plan } from "../plan/Plan";
import { plan } from "../plan/table";
import { changedSettings } from "../settings/changedSettings";
import type { DeploymentAction } from "../up/DeploymentAction";
import type { LinkAction } from "../up/LinkAction";
import { AddressPool } from "./AddressPool";
import { deploymentActions } from "./deploymentActions";
import { linkAction } from "./linkAction";
import type { Outlook } from "./Outlook";

/** The plan of one service with all that the providers need to carry it out. */
export interface ServicePlan {
    settings: ServiceSettings;
    observed: ObservedService;
    plan: Plan;
    deployment: Partial<Record<Color, DeploymentAction>>;
    link: LinkAction;
}

/** What the plan of all services is made from. */
export type PlannedFrom = Omit<Outlook, "front" | "settings"> & {
    front: Pick<FrontPlan, "key" | "layout" | "adoptFrom">;
};

/**
 * Plans all services of a stack. Each gets its plan from the plan table, and no two of them the same address. Without
 * Pulumi's `state`, the plan takes it that the state knows all services.
 */
export function planServices(
    { services, front }: Pick<Settings, "services" | "front">,
    { services: known, images, front: frontPlan, state, isAssumed }: PlannedFrom,
): ServicePlan[] {
    const { key, layout, adoptFrom } = frontPlan;
    const addresses = new AddressPool(layout.subnet, known.taken);
    const names = new Set([...known.names, ...services.map(({ name }) => name)]);
    const places = {
        ...placesIn([...names].map(known.service)),
        wanted: placesIn(services).held,
    };
    return services.map(settings => {
        const { name, replicas, routes, live, promote, failover, policy } = settings;
        const lost = state !== undefined && !state.knows(name);
        const observed = { ...known.service(name), lost, formerOwner: adoptFrom };
        const image = images.get(name);
        const release = releaseOf(settings, image, key);
        const imageProblem = image?.problem;
        const decided = plan(observed, {
            release,
            imageProblem,
            replicas,
            routes,
            places,
            live,
            promote,
            failover,
            policy,
        });
        const decision = { settings, front, observed, places, plan: decided };
        return {
            settings,
            observed,
            plan: isAssumed ? { ...decided, sentence: `assumed: ${decided.sentence}` } : decided,
            deployment: deploymentActions(decision, known.fingerprint(name), addresses),
            link: linkAction(decision),
        };
    });
}

/** @returns the wanted release. It has no id before the stack has its key, nor while its image is unknown. */
function releaseOf(settings: ServiceSettings, image: FoundImage | undefined, key: Buffer | undefined): Release {
    const release = {
        image: settings.release.image,
        digest: image?.digest ?? "",
        imageId: image?.imageId,
        source: image?.source,
        hostHad: image?.hostHad,
        settings: settings.release,
        secretValues: settings.secretValues,
    };
    const identity = withPlainEnvironment({ ...release, settings: changedSettings(release.settings) });
    const isKnown = key !== undefined && image?.isUnknown !== true;
    return { ...release, id: isKnown ? releaseId(key, identity) : undefined };
}
