import type { Color } from "../model/Color";
import { LinkValue } from "../model/LinkValue";
import { idleColor } from "../model/Live";
import type { ObservedService } from "../model/ObservedService";
import { mayFailOver } from "../plan/failover";
import type { Recovery } from "../plan/Plan";
import { moveLink } from "./moveLink";
import { PlanOutdated } from "./PlanOutdated";
import { pointBack, pointTo } from "./pointTo";
import { begunMeanwhile } from "./recoverSwitch";
import type { Up } from "./Up";

/** How long a request may be on its way that has read the link before, milliseconds. */
const onItsWayMs = 1_000;

/**
 * Writes into the link whether the idle color answers while no server of the live one is up. Done once the release is judged and
 * its predecessor is kept.
 * @param isWanted by the settings; undefined where neither they nor HAProxy had it when the plan was made
 */
export async function settleFailover(up: Up, isWanted: boolean | undefined): Promise<void> {
    const { service } = await up.look();
    const { live, percent, failover } = service;
    if ((isWanted === undefined && failover === undefined) || live === "none" || percent > 0) {
        return;
    }
    if (isWanted && mayFailOver(service)) {
        await pointTo(up, LinkValue.to(live).withFailover());
    } else if (!(await pointBack(up, LinkValue.to(live), isEnding))) {
        up.progress.warn(`failover goes on: ${answering(service)}`);
    }
}

/**
 * Takes the idle color out of failover, before its containers are touched.
 * @throws PlanOutdated where it answers in place of the live color. Nothing was done then
 */
export async function endFailover(up: Up, color: Color): Promise<void> {
    const { service } = await up.look();
    const { live, confirmed, percent, failover } = service;
    // A link that somebody has moved is not written again: a repair moves it back, once its color is there.
    if (live === "none" || live !== confirmed || live === color || percent > 0) {
        return;
    }
    if (!(await pointBack(up, LinkValue.to(live), isEnding))) {
        const since = `${answering(service)}, since the plan was made`;
        throw new PlanOutdated(`${up.service}: ${since}. Nothing was done. Run pulumi up again`);
    }
    if (failover !== undefined) {
        await up.clock.sleep(onItsWayMs);
    }
}

/**
 * Moves the link to the color that answers in place of the live one. Does nothing where the link is there already.
 * @throws PlanOutdated where the live color is back; SwitchFailed
 */
export async function follow(up: Up, { live: to, release: id = "" }: Recovery, retryToken?: string): Promise<void> {
    const { service, record } = await up.look();
    const release = record.releases[id];
    if (to === "none" || service.live === to) {
        return;
    }
    if (record.intent !== undefined) {
        throw begunMeanwhile(up.service);
    }
    if (service.failover !== "answers" || release === undefined) {
        const back = `${service.live} is back since the plan was made`;
        throw new PlanOutdated(`${up.service}: ${back}. Nothing was done. Run pulumi up again`);
    }
    await moveLink(up, LinkValue.to(to), release, { retryToken });
}

function isEnding({ failover }: ObservedService): boolean {
    return failover !== "answers";
}

function answering({ live }: ObservedService): string {
    return `${idleColor(live)} answers in place of ${live}, which has no container that is up`;
}
