import { removeContainer, stopContainer } from "../docker/containers";
import { type NamedImage, pullImage } from "../docker/images";
import { dropImages, keepImage } from "../docker/keptImages";
import { removeMapEntry } from "../haproxy/maps";
import { backendFile, backendName } from "../haproxy/names";
import { removeRecord } from "../journal/RecordStore";
import { fingerprint, observedService } from "../look/observe";
import type { AddressBlock } from "../model/addresses";
import type { Color } from "../model/Color";
import { Duration } from "../model/Duration";
import { defaults } from "../model/defaults";
import type { ImageIdentity } from "../model/ImageIdentity";
import { ImageReference } from "../model/ImageReference";
import { hasTraffic } from "../model/Live";
import type { ActionPolicy } from "../model/PolicySettings";
import type { ServiceRecord } from "../model/Record";
import { recordOf } from "../model/Records";
import type { RecordedRelease, Release } from "../model/Release";
import type { ReleaseSettings } from "../model/ReleaseSettings";
import type { RollingSettings } from "../model/StrategySettings";
import { containersOf } from "../model/World";
import { type HookRun, verifyHookRan } from "../plan/hookRuns";
import type { ColorState, Recovery } from "../plan/Plan";
import type { BakePolicy } from "../up/BakePolicy";
import { deadlineOf } from "../up/deadline";
import { deployColor } from "../up/deployColor";
import type { Progress } from "../up/Progress";
import { recover } from "../up/recover";
import { retain } from "../up/retention";
import { rollColor } from "../up/rollColor";
import { colorObserved, readBack } from "./observed";
import { progressFor } from "./progress";
import { registryCredentials } from "./registryCredentials";
import { acts, type CommonInputs, check, failedCreate, incarnationOf, resourceId } from "./resource";
import { Session } from "./Session";
import { upOf } from "./upOf";

/** How a color is to be brought to its release. */
export interface DeploymentAction extends Omit<ImageIdentity, "digest">, HookRun {
    /** What the plan was made from. */
    from: string;
    /** How many containers it brings. The link's walk may add others, and only then there are as many as the resource says. */
    replicas: number;
    /** The release's settings, complete. */
    settings: ReleaseSettings;
    /** Where the color's slots have their addresses; none where no request comes. */
    block?: AddressBlock;
    /** With the first release: the other color's addresses, so that both backends come with one reload. */
    otherBlock?: AddressBlock;
    policy: ActionPolicy;
    bake: BakePolicy;
    /** How a service with `strategy: rolling` goes about it. */
    rolling?: RollingSettings;
    /** Container by container, inside the live color. */
    roll?: RollingSettings;
    /** Somebody changed the live color by hand: it gets what it had. */
    restore: boolean;
    recovery?: Recovery;
}

export interface DeploymentInputs extends CommonInputs<DeploymentAction> {
    service: string;
    color: Color;
    image?: string;
    digest?: string;
    release?: string;
    replicas: number;
    state: ColorState;
    /** What differs from the defaults, for the preview; the provider takes the whole from the action. */
    settings?: Record<string, unknown>;
    secrets?: Record<string, string>;
}

/** Brings one color to one release, and proves it. The color that users reach is only ever scaled in place. */
export const deployment = {
    check,

    async create(inputs: DeploymentInputs) {
        const session = Session.for(inputs.__target);
        const { service, color } = inputs;
        await session.lease.take(inputs.__plan?.policy.lockTimeoutMs);
        const { [color]: recorded } = await session.record(service, record => ({
            ...record,
            [color]: { ...record[color], incarnation: (record[color].incarnation ?? 0) + 1 },
        }));
        const id = resourceId(`${inputs.__target.front}/${service}/${color}`, recorded.incarnation ?? 0);
        try {
            if (acts(undefined, inputs)) {
                await deploy(session, inputs);
            }
        } catch (error) {
            throw failedCreate(id, inputs, error);
        }
        return { id, outs: inputs };
    },

    async update(_id: string, olds: DeploymentInputs, news: DeploymentInputs) {
        const session = Session.for(news.__target);
        await (acts(olds, news) ? deploy(session, news) : session.lease.inherit());
        return { outs: news };
    },

    async read(id: string, props: DeploymentInputs) {
        const { service, color, __target } = props;
        return readBack(id, props, await colorObserved(Session.for(__target), service, color));
    },

    async delete(id: string, props: DeploymentInputs) {
        await remove(Session.for(props.__target), props, incarnationOf(id));
    },
};

async function deploy(session: Session, inputs: DeploymentInputs): Promise<void> {
    const { service, color, __plan: action } = inputs;
    const progress = progressFor(inputs.__urn);
    const release = wantedRelease(inputs);
    if (action === undefined || release === undefined) {
        throw new Error(`${service}: the plan for ${color} is incomplete; run pulumi up again`);
    }
    verifyHookRan(service, "preDeploy", action);
    await session.lease.take(action.policy.lockTimeoutMs);
    let world = await session.observe([service]);
    const found = fingerprint(world, service);
    if (found !== action.from) {
        throw new Error(
            `${service}: the plan is stale, since something else changed it meanwhile. Nothing was done. ` +
                `Run pulumi up again (planned from: ${action.from}; found: ${found})`,
        );
    }
    if (action.recovery !== undefined) {
        await recover(upOf(session, service, progress), action.recovery, action.bake);
        world = await session.observe([service]);
    }
    const now = observedService(world, service);
    if (now.live !== color && hasTraffic(now, color) && now[color].release?.id !== release.id) {
        throw new Error(
            `${service}: ${color} has ${now.percent} % of the requests and is not touched. Run pulumi up again`,
        );
    }
    const deadline = deadlineOf(action.policy);
    const { id: imageId, pulled } = await pull(session, release, action.policy.progressDeadlineMs, progress);
    release.imageId = imageId;
    if (pulled) {
        await keepImage(session.engine, imageId, session.target.front, { service, release: release.id, pulled });
    }
    if (action.roll === undefined) {
        const up = upOf(session, service, progress);
        await deployColor(up, { ...action, color, release, deadline, kind: "deploy" });
    } else {
        const up = upOf(session, service, progress);
        const { block, otherBlock, policy, rolling, roll: settings, promotion, hooks } = action;
        const { replicas } = inputs;
        const target = { color, release, block, otherBlock, policy, rolling };
        await rollColor(up, { ...target, replicas, settings, promotion, hooks });
        await retain(up, policy.keepReleases);
    }
}

async function pull(
    session: Session,
    release: RecordedRelease,
    deadlineMs: number,
    progress: Progress,
): Promise<{ id: string; pulled: boolean }> {
    progress.status(`pulling ${release.image}`);
    const signal = AbortSignal.timeout(deadlineMs);
    try {
        return await pullImage(session.engine, imageOf(release), await registryCredentials(), progress.status, signal);
    } catch (error) {
        throw signal.aborted
            ? new Error(
                  `${release.image} was not pulled within ${deadlineMs / 1000} s (progressDeadline). Nothing was changed`,
              )
            : error;
    }
}

function imageOf({ image, digest, imageId, source }: Release): NamedImage {
    return { reference: ImageReference.parse(image), digest, imageId, source };
}

function wantedRelease(inputs: DeploymentInputs): RecordedRelease | undefined {
    const { image, digest, release, secrets, __plan: action } = inputs;
    if (image === undefined || digest === undefined || release === undefined || action === undefined) {
        return undefined;
    }
    return {
        id: release,
        image,
        digest,
        imageId: action.imageId,
        source: action.source,
        hostHad: action.hostHad,
        settings: action.settings,
        secretValues: secrets ?? {},
        proved: false,
        linked: false,
        promotion: action.promotion ?? 0,
    };
}

/** Removes a color. A color that is still linked refuses: its link must go first. */
async function remove(
    session: Session,
    { service, color, __urn }: DeploymentInputs,
    incarnation: number,
): Promise<void> {
    const progress = progressFor(__urn);
    const world = await session.observe([service]);
    if (incarnation < (recordOf(world.records, service)[color].incarnation ?? 0)) {
        return;
    }
    const containers = containersOf(world, service, color);
    if (world.anchor !== undefined && world.anchor.state === "running") {
        await session.lease.take();
        if (hasTraffic(observedService(world, service), color)) {
            throw new Error(`${service}: ${color} is linked, so it cannot be deleted. Delete the service's link first`);
        }
        await session.enter("deploy: delete");
    }
    progress.status(`removing ${containers.length} containers of ${color}`);
    const { releases, link } = recordOf(world.records, service);
    // A first release that failed never had a Link that would take its entry away.
    const isUnlinked = link.live === "none";
    await Promise.all(
        containers.map(async ({ id, labels }) => {
            const settings = releases[labels["relink.release"] ?? ""]?.settings;
            await stopContainer(
                session.engine,
                id,
                settings?.stopGracePeriodMs ?? Duration.millisecondsOf(defaults.stopGracePeriod),
            );
            await removeContainer(session.engine, id);
        }),
    );
    if (world.anchor?.state !== "running") {
        return;
    }
    const backend = backendName(service, color);
    await session.configure(files => {
        files.delete(backendFile(service, color));
        removeMapEntry(files, "releases", backend);
        if (isUnlinked) {
            removeMapEntry(files, "link", service);
        }
        return files;
    });
    const left = await session.record(
        service,
        record => ({ ...record, [color]: { replicas: 0, incarnation } }) as ServiceRecord,
    );
    if (left.blue.release === undefined && left.green.release === undefined) {
        await removeRecord(session.lease, service);
        // The last of its containers is gone, and with it what Docker would refuse to remove an image for.
        await dropImages(session.engine, session.target.front, name => name !== service);
    }
}
