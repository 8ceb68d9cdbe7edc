import type { Color } from "../model/Color";
import type { RecordedRelease } from "../model/Release";
import type { ColorState } from "../plan/Plan";
import type { DeploymentAction } from "../up/DeploymentAction";
import { deleteColor } from "../up/deleteColor";
import { deploy } from "../up/deploy";
import { withFreeAddresses } from "./freeAddresses";
import { colorObserved, readBack } from "./observed";
import { progressFor } from "./progress";
import { acts, type CommonInputs, check, failedCreate, incarnationOf, resourceId } from "./resource";
import { Session } from "./Session";
import { upOf } from "./upOf";

/** Inputs of a color: the release that it runs, and its number of replicas. */
export interface DeploymentInputs extends CommonInputs<DeploymentAction> {
    service: string;
    color: Color;
    image?: string;
    digest?: string;
    release?: string;
    replicas: number;
    state: ColorState;
    /** The settings that differ from the defaults, for the preview. The provider takes all settings from the action. */
    settings?: Record<string, unknown>;
    secrets?: Record<string, string>;
}

/** Brings one color to one release, and proves it. The color that users reach only changes its number of replicas. */
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
                await bring(session, inputs);
            }
        } catch (error) {
            throw failedCreate(id, inputs, error);
        }
        return { id, outs: inputs };
    },

    async update(_id: string, olds: DeploymentInputs, news: DeploymentInputs) {
        const session = Session.for(news.__target);
        await (acts(olds, news) ? bring(session, news) : session.lease.inherit());
        return { outs: news };
    },

    async read(id: string, props: DeploymentInputs) {
        const { service, color, __target } = props;
        return readBack(id, props, await colorObserved(Session.for(__target), service, color));
    },

    async delete(id: string, { service, color, __target, __urn, __plan }: DeploymentInputs) {
        const up = upOf(Session.for(__target), service, progressFor(__urn));
        await deleteColor(up, color, incarnationOf(id), __plan?.policy.lockTimeoutMs);
    },
};

async function bring(session: Session, inputs: DeploymentInputs): Promise<void> {
    const { service, color, replicas, __plan: action, __urn } = inputs;
    const release = wantedRelease(inputs);
    if (action === undefined || release === undefined) {
        throw new Error(`${service}: the plan for ${color} has no release. This is a bug in relink; please report it.`);
    }
    const planned = await withFreeAddresses(session, inputs, action);
    await deploy(upOf(session, service, progressFor(__urn)), { color, release, replicas }, planned);
}

function wantedRelease(inputs: DeploymentInputs): RecordedRelease | undefined {
    const { image, digest, release, secrets, __plan: action } = inputs;
    if (image === undefined || digest === undefined || release === undefined || action === undefined) {
        return undefined;
    }
    const { imageId, source, hostHad, settings, promotion = 0 } = action;
    const unproved = { proved: false, linked: false, promotion };
    return { id: release, image, digest, imageId, source, hostHad, settings, secretValues: secrets ?? {}, ...unproved };
}
