import type { Color } from "../model/Color";
import { hasTraffic } from "../model/Live";
import type { RecordedRelease } from "../model/Release";
import { trafficOf, trafficText } from "../model/trafficNoun";
import { verifyHookRan } from "../plan/hookRuns";
import type { DeploymentAction } from "./DeploymentAction";
import { deadlineOf } from "./deadline";
import { deployColor } from "./deployColor";
import { endFailover } from "./failover";
import { takeInventory } from "./Inventory";
import { PlanOutdated } from "./PlanOutdated";
import { recover } from "./recover";
import { retain } from "./retention";
import { rollColor } from "./rollColor";
import type { Seen } from "./Seen";
import type { Up } from "./Up";

/** What one color holds once its deployment is done. */
export interface WantedColor {
    color: Color;
    release: RecordedRelease;
    /** Containers, those included that the link's walk adds. */
    replicas: number;
}

/**
 * Brings one color to one release as the plan says, after it has settled what an interrupted `up` left.
 * @throws PlanOutdated where the plan no longer holds: nothing was done then
 */
export async function deploy(up: Up, wanted: WantedColor, action: DeploymentAction): Promise<void> {
    verifyHookRan(up.service, "preDeploy", action);
    await up.journal.take(action.policy.lockTimeoutMs);
    const seen = await up.look();
    requirePlanned(up, seen, action);
    await recover(up, action.recovery, action.bake);
    const now = action.recovery === undefined ? seen : await up.look();
    requireNoShare(up, now, wanted);
    const deadline = deadlineOf(action.policy, up.clock.nowMs());
    const release = needsImage(now, wanted, action)
        ? await withImage(up, wanted.release, action.policy.progressDeadlineMs)
        : wanted.release;
    if (action.failover !== undefined || now.service.failover !== undefined) {
        await endFailover(up, wanted.color);
    }
    await bring(up, { ...wanted, release }, action, deadline);
}

function requirePlanned({ service }: Up, { fingerprint }: Seen, { from }: DeploymentAction): void {
    if (fingerprint !== from) {
        throw new PlanOutdated(
            `${service}: the plan is stale, since something else changed it meanwhile. Nothing was done. ` +
                `Run pulumi up again (planned from: ${from}; found: ${fingerprint})`,
        );
    }
}

/** A canary's color gets no other release while it has users. */
function requireNoShare({ service: name }: Up, { service }: Seen, { color, release }: WantedColor): void {
    if (service.live !== color && hasTraffic(service, color) && service[color].release?.id !== release.id) {
        throw new PlanOutdated(
            `${name}: ${color} has ${trafficText(service.percent, trafficOf(release))} and is not touched. Run pulumi up again`,
        );
    }
}

/** A color that only loses containers needs no image, which the registry may not have any more. */
function needsImage(
    now: Seen,
    { color, release }: WantedColor,
    { roll, block, policy, replicas }: DeploymentAction,
): boolean {
    return (
        roll !== undefined ||
        release.imageId === undefined ||
        takeInventory(now, { color, release, block, policy }, replicas).keep.length < replicas
    );
}

/** Makes sure that the image is there, and stays there. @returns the release with the image's local id */
async function withImage(up: Up, release: RecordedRelease, timeoutMs: number): Promise<RecordedRelease> {
    up.progress.status(`pulling ${release.image}`);
    const pulled = await up.images.pull(release, timeoutMs, line => up.progress.status(line));
    if (pulled === undefined) {
        throw new Error(
            `${release.image} was not pulled within ${timeoutMs / 1000} s (progressDeadline). Nothing was changed`,
        );
    }
    if (pulled.pulled) {
        await up.images.keep(release.id, pulled.id, true);
    }
    return { ...release, imageId: pulled.id };
}

/** All containers at once, or inside the live color one after the other. */
async function bring(up: Up, wanted: WantedColor, action: DeploymentAction, deadline: number): Promise<void> {
    const { color, release, replicas } = wanted;
    const { block, otherBlock, policy, rolling, promotion, hooks, restore, roll } = action;
    const target = { color, release, block, otherBlock, policy, rolling, promotion, hooks };
    if (roll === undefined) {
        await deployColor(up, { ...target, replicas: action.replicas, restore, deadline, kind: "deploy" });
    } else {
        await rollColor(up, { ...target, replicas, settings: roll });
        await retain(up, policy.keepReleases);
    }
}
