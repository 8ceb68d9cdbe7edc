import { heldSlots, hooksBefore, type RecordedColor, type ServiceRecord } from "../model/Record";
import { deployedAgain, type RecordedRelease } from "../model/Release";
import type { ColorDeployment } from "./ColorDeployment";
import type { Inventory } from "./Inventory";

/**
 * The record before a deployment changes anything, so that the next `up` can go on with it. Of a live color it has the
 * smallest number of containers on the way: fewer than that are drift, and more are what an interrupted scaling left. A
 * repair is recorded with as many as there were until it is known to have failed, so that an interrupted one goes on.
 */
export function withDeploymentBegun(
    record: ServiceRecord,
    deployment: ColorDeployment,
    inventory: Inventory,
): ServiceRecord {
    const { color, release, otherBlock, promotion, hooks } = deployment;
    return {
        ...record,
        [color]: colorBegun(record[color], deployment, inventory),
        ...(otherBlock === undefined ? {} : { green: { ...record.green, block: otherBlock } }),
        releases: { ...record.releases, [release.id]: releaseBegun(record, deployment, inventory) },
        promotions: Math.max(record.promotions, promotion ?? 0),
        hooks: hooksBefore(record, hooks),
    };
}

function colorBegun(
    color: RecordedColor,
    { release, replicas, block, restore }: ColorDeployment,
    { live, serving }: Inventory,
): RecordedColor {
    if (!live) {
        return { ...color, release: release.id, replicas, block, slots: undefined };
    }
    return { ...color, replicas: restore ? replicas : Math.min(color.replicas, replicas, serving.length) };
}

function releaseBegun(
    record: ServiceRecord,
    { color, release, replicas, promotion }: ColorDeployment,
    { live, keep }: Inventory,
): RecordedRelease {
    const known = record.releases[release.id];
    if (known === undefined) {
        return release;
    }
    // A container that has to be started was proved before it was stopped: that says nothing any more.
    const starts = !live && (keep.length < replicas || keep.some(({ state }) => state !== "running"));
    return {
        ...deployedAgain(known, release, promotion),
        proved: known.proved && !starts,
        // A release that is only kept has no container left. It is deployed anew, and judged anew.
        linked: known.linked && record[color].release === release.id,
    };
}

/** The record once a repair has failed: what serves is what there is and no drift, so that a fix can be released. */
export function withRepairFailed(record: ServiceRecord, { color }: ColorDeployment, serving: number): ServiceRecord {
    return { ...record, [color]: { ...record[color], replicas: Math.min(record[color].replicas, serving) } };
}

/** The record once a deployment is proved. */
export function withDeploymentProved(
    record: ServiceRecord,
    { color, release, replicas }: ColorDeployment,
    slots: number[],
    provedAt: string,
): ServiceRecord {
    const { intent } = record;
    return {
        ...record,
        // A farewell that was owed to this color is void: it holds something else now.
        intent: intent?.kind === "leave" && intent.color === color ? undefined : intent,
        [color]: { ...record[color], replicas, slots: heldSlots(slots) } satisfies RecordedColor,
        releases: {
            ...record.releases,
            [release.id]: { ...(record.releases[release.id] ?? release), proved: true, provedAt },
        },
    };
}
