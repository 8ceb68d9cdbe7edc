import * as pulumi from "@pulumi/pulumi";
import { type FoundImage, heldImage } from "../look/images";
import type { LiveSystem } from "../look/LiveSystem";
import { layout } from "../model/addresses";
import type { Color } from "../model/Color";
import { type Live, percentOf } from "../model/Live";
import { nothingObserved, type ObservedColor, type ObservedService } from "../model/ObservedService";
import { parseRoute } from "../model/Route";
import type { Settings } from "../model/Settings";
import type { StrategySettings } from "../model/StrategySettings";
import type { Target } from "../model/Target";
import type { ColorState } from "../plan/Plan";
import { completeSettings } from "../settings/changedSettings";
import { connect } from "./connect";
import type { Outlook } from "./Outlook";
import type { ServiceOutputs } from "./outputs";
import { type OwnState, readOwnState } from "./ownState";

const variable = "RELINK_ASSUME";

/**
 * Connects to the Docker host, unless this preview may go by what Pulumi's state holds (`RELINK_ASSUME=1`).
 * @returns undefined when the Docker Engine does not answer and the preview may assume
 * @throws RunError when the Docker Engine does not answer, and in an `up` that was told to assume
 */
export async function connectUnlessAssumed(target: Target): Promise<LiveSystem | undefined> {
    const mayAssume = process.env[variable] === "1";
    if (mayAssume && !pulumi.runtime.isDryRun()) {
        throw new pulumi.RunError(
            `${variable}=1 is for previews alone: pulumi up acts on what it has looked at, never on what it assumes. ` +
                `Nothing was done. Unset it, and run pulumi up where Docker can be reached: unset ${variable}`,
        );
    }
    try {
        return await connect(target);
    } catch (error) {
        if (!mayAssume) {
            throw error;
        }
        const [problem] = (error as Error).message.split("\n");
        pulumi.log.warn(
            `assumed: ${problem} This preview goes by what Pulumi's state holds of the last up (${variable}=1). What has ` +
                "changed since, drift, judgements, and what an image's name means now are not in it. The front's own objects " +
                "show as updates: without Docker nobody compares them.",
        );
        return undefined;
    }
}

/**
 * Reads what the last `up` left from Pulumi's state.
 * @throws RunError when the state holds no `up` of this stack
 */
export async function assumedOutlook(settings: Settings): Promise<Outlook> {
    const { services } = settings;
    if (settings.front.use !== undefined) {
        throw new pulumi.RunError(
            `${variable}=1: the state of this stack says nothing of the front ${settings.front.use}, which is another stack's. ` +
                "A preview needs Docker.",
        );
    }
    const state = await readOwnState();
    const front = state?.outputsOf("FrontConfig", "front-config");
    const ipam = state?.outputsOf("Network", "front-network")?.ipamConfigs as { subnet?: string }[] | undefined;
    const subnet = ipam?.[0]?.subnet;
    if (state === undefined || front === undefined || subnet === undefined) {
        throw new pulumi.RunError(
            `${variable}=1: Pulumi's state holds no up of this stack, so there is nothing to assume. ` +
                "A first preview needs Docker.",
        );
    }
    const strategies = new Map(services.map(({ name, policy }) => [name, policy.strategy]));
    const service = (name: string) => assumedService(name, state, strategies.get(name));
    return {
        services: { names: state.namesOf("Link"), service, fingerprint: () => "assumed", taken: [] },
        images: new Map(
            services.map(({ name, release }): [string, FoundImage] => [
                name,
                heldImage(service(name), release.image) ?? { digest: "unknown", isUnknown: true },
            ]),
        ),
        front: {
            layout: layout(subnet),
            key: Buffer.from(String(front.__key), "hex"),
            act: false,
            objects: { volumes: {} },
        },
        settings,
        state,
        isAssumed: true,
    };
}

/**
 * @returns a service as the last `up` left it
 * @param wanted says how a canary tells users apart, which the state does not hold
 */
function assumedService(name: string, state: OwnState, wanted: StrategySettings | undefined): ObservedService {
    const link = state.outputsOf("Link", name);
    if (link === undefined) {
        return nothingObserved(name);
    }
    const live = link.link as Live;
    const outputs = outputsOf(name, state);
    const percent = percentOf(link.share as string | undefined);
    const color = (color: Color) =>
        assumedColor(name, color, state, {
            awaiting: outputs?.awaitingPromotion,
            isCanary: percent > 0 && color !== live,
        });
    const observed = { blue: color("blue"), green: color("green") };
    const stable = outputs?.stable as Live | undefined;
    const release = stable === undefined || stable === "none" ? undefined : observed[stable].release?.id;
    return {
        ...nothingObserved(name),
        ...observed,
        live,
        confirmed: live,
        percent,
        confirmedPercent: percent,
        sticky: wanted?.kind === "canary" ? wanted.sticky : undefined,
        stable: release === undefined ? undefined : { color: stable as Color, release },
        routes: (link.routes as string[]).map(parseRoute),
        hooks: {
            preDeploy: state.outputsOf("Command", `${name}-preDeploy`) !== undefined,
            prePromotion: state.outputsOf("Command", `${name}-prePromotion`) !== undefined,
        },
    };
}

/** @returns what `pulumi stack output services` says of a service. */
function outputsOf(name: string, state: OwnState): ServiceOutputs | undefined {
    const [stack = ""] = state.namesOf("Stack");
    const services = state.outputsOf("Stack", stack)?.services as Record<string, ServiceOutputs> | undefined;
    return services?.[name];
}

function assumedColor(
    name: string,
    color: Color,
    state: OwnState,
    { awaiting, isCanary }: { awaiting: string | undefined; isCanary: boolean },
): ObservedColor {
    const held = state.outputsOf("Deployment", `${name}-${color}`);
    if (held?.release === undefined) {
        return nothingObserved(name)[color];
    }
    const id = String(held.release);
    const image = String(held.image);
    const replicas = Number(held.replicas);
    const running = (held.state as ColorState) === "running" ? replicas : 0;
    return {
        release: {
            id,
            image,
            digest: String(held.digest),
            settings: completeSettings(image, (held.settings ?? {}) as Record<string, unknown>),
            secretValues: (held.secrets ?? {}) as Record<string, string>,
            proved: true,
            // A release that waits for its promotion, or has only a share, was never live.
            linked: id !== awaiting && !isCanary,
            promotion: 0,
        },
        replicas,
        running,
        ready: running,
        strays: [],
        ended: 0,
        deviations: [],
    };
}
