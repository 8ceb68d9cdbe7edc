import { withPlainEnvironment } from "../compose/environmentSecrets";
import type { FrontPlan } from "../front/frontPlan";
import type { FoundImage } from "../look/images";
import { type AddressBlock, allocate, slotsFor } from "../model/addresses";
import type { Color } from "../model/Color";
import type { DeclaredHooks } from "../model/CommandHook";
import type { FrontSettings } from "../model/FrontSettings";
import type { ObservedService } from "../model/ObservedService";
import { type Release, releaseId } from "../model/Release";
import { placeOf, type Route } from "../model/Route";
import type { ServiceSettings } from "../model/ServiceSettings";
import type { Settings } from "../model/Settings";
import { handovers, type Places } from "../plan/handovers";
import type { Plan } from "../plan/Plan";
import { linkAfter } from "../plan/settle";
import { plan } from "../plan/table";
import { changedSettings } from "../settings/changedSettings";
import type { BakePolicy } from "../up/BakePolicy";
import type { DeploymentAction } from "../up/DeploymentAction";
import type { LinkAction } from "../up/LinkAction";
import type { Outlook } from "./Outlook";
import { publicUrl } from "./outputs";

/** The plan of one service with what the providers need to carry it out. */
export interface ServicePlan {
    settings: ServiceSettings;
    observed: ObservedService;
    plan: Plan;
    deployment: Partial<Record<Color, DeploymentAction>>;
    link: LinkAction;
}

/** What the plan of all services needs to know. */
export type PlannedFrom = Omit<Outlook, "front"> & { front: Pick<FrontPlan, "key" | "layout" | "adoptFrom"> };

/**
 * Plans all services of a stack: the pure plan of each, and addresses that no two of them share. Without Pulumi's
 * `state`, it is taken to know all of them.
 */
export function planServices(
    { services, front }: Pick<Settings, "services" | "front">,
    { services: known, images, front: frontPlan, state, isAssumed }: PlannedFrom,
): ServicePlan[] {
    const { key, layout, adoptFrom } = frontPlan;
    const taken = [...known.taken];
    const names = new Set([...known.names, ...services.map(({ name }) => name)]);
    const places = {
        held: placesOf([...names].map(known.service)),
        wanted: placesOf(services),
    };
    return services.map(settings => {
        const lost = state !== undefined && !state.knows(settings.name);
        const observed = { ...known.service(settings.name), lost, formerOwner: adoptFrom };
        const image = images.get(settings.name);
        const release = releaseOf(settings, image, key);
        const { replicas, routes, live, promote, policy } = settings;
        const imageProblem = image?.problem;
        const decided = plan(observed, { release, imageProblem, replicas, routes, places, live, promote, policy });
        return {
            settings,
            observed,
            plan: isAssumed ? { ...decided, sentence: `assumed: ${decided.sentence}` } : decided,
            deployment: deploymentActions(
                settings,
                observed,
                decided,
                known.fingerprint(settings.name),
                layout.subnet,
                taken,
                front,
            ),
            link: linkAction(settings, observed, decided, places, front),
        };
    });
}

/** Who of them has, or wants, which place. */
function placesOf(services: { name: string; routes: Route[] }[]): Record<string, string> {
    return Object.fromEntries(services.flatMap(({ name, routes }) => routes.map(route => [placeOf(route), name])));
}

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

function deploymentActions(
    settings: ServiceSettings,
    observed: ObservedService,
    decided: Plan,
    from: string,
    subnet: string,
    taken: AddressBlock[],
    front: FrontSettings,
): Partial<Record<Color, DeploymentAction>> {
    const block = (color: Color, maxReplicas: number) => {
        const held = observed[color].block;
        const size = slotsFor(maxReplicas);
        if (held !== undefined && held.size >= size) {
            return held;
        }
        const found = allocate(subnet, taken, size);
        taken.push(found);
        return found;
    };
    const actions: Partial<Record<Color, DeploymentAction>> = {};
    for (const color of ["blue", "green"] as const) {
        const { act, release, replicas, deployed = replicas, roll } = decided[color];
        if (act && release !== undefined) {
            const { maxReplicas, port } = release.settings;
            const isFirst = decided.row === "bootstrap" && color === "blue";
            const { strategy } = settings.policy;
            actions[color] = {
                from,
                replicas: deployed,
                settings: release.settings,
                // Only what requests come to has to be found.
                block: port === undefined ? undefined : block(color, maxReplicas),
                otherBlock: isFirst && port !== undefined ? block("green", maxReplicas) : undefined,
                rolling: strategy.kind === "rolling" ? strategy : undefined,
                roll,
                restore: decided.row === "repair",
                imageId: release.imageId,
                source: release.source,
                hostHad: release.hostHad,
                policy: actionPolicy(settings),
                bake: bakePolicy(settings, front),
                recovery: decided.recovery,
                promotion: decided.promotion,
                hooks: hooksOf(settings, decided),
            };
        }
    }
    return actions;
}

function linkAction(
    settings: ServiceSettings,
    observed: ObservedService,
    decided: Plan,
    places: Places,
    front: FrontSettings,
): LinkAction {
    const { live, expect, walk } = decided.link;
    const { name } = settings;
    const passed = handovers(places);
    const { recovery } = decided;
    const target = walk?.color ?? live;
    const { live: from, percent } = linkAfter(observed, recovery);
    return {
        refusal: decided.refusal,
        from,
        percent,
        expect,
        replicas: target === "none" ? 0 : decided[target].replicas,
        walk,
        recovery: decided.recovery,
        leave: decided.leave,
        restore: decided.row === "repair",
        // A repair takes nothing away: the color that was linked by hand stays as it is.
        bake: bakePolicy(settings, front),
        policy: { ...actionPolicy(settings), ...(decided.row === "repair" ? { previousColor: "keep" } : {}) },
        promotion: decided.promotion,
        hooks: hooksOf(settings, decided),
        claimedByOthers: [
            ...Object.keys(places.wanted).filter(place => places.wanted[place] !== name),
            ...passed.filter(({ from }) => from === name).map(({ place }) => place),
        ],
        handovers: passed.filter(({ after }) => Object.values(after).includes(name)),
    };
}

/** Of the hooks that run in this `up` as Commands, which the config has. */
function hooksOf({ policy }: ServiceSettings, { hooks }: Plan): DeclaredHooks {
    return Object.fromEntries(hooks.map(name => [name, policy.hooks[name] !== undefined]));
}

/** What a provider needs of the policy. */
function actionPolicy({ policy }: ServiceSettings): DeploymentAction["policy"] {
    const {
        hooks: _hooks,
        driftPolicy: _drift,
        strategy: _strategy,
        bakeTimeMs: _bake,
        analysis: _analysis,
        adoptFrom: _owner,
        ...rest
    } = policy;
    return rest;
}

/** How the release is judged once it is live. */
function bakePolicy({ name, routes, policy }: ServiceSettings, front: FrontSettings): BakePolicy {
    const { bakeTimeMs, analysis, hooks, retryToken } = policy;
    const { postPromotion, onRollback } = hooks;
    return {
        bakeTimeMs,
        analysis,
        hooks: { postPromotion, onRollback },
        retryToken,
        url: publicUrl(front, routes),
        host: routes.find(({ host }) => !host.includes("*"))?.host ?? name,
    };
}
