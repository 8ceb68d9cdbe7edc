import type { Color } from "../model/Color";
import { LinkValue } from "../model/LinkValue";
import type { Live } from "../model/Live";
import type { RecordedRelease } from "../model/Release";
import { trafficOf, trafficText } from "../model/trafficNoun";
import { bake } from "./bake";
import { deadlineOf } from "./deadline";
import { deployColor } from "./deployColor";
import type { LinkAction } from "./LinkAction";
import { moveLink } from "./moveLink";
import { readyRelease } from "./readyRelease";
import type { Up } from "./Up";

/**
 * Gives a new release one share of the requests after another, each judged before the next. Before each share the color
 * gets the containers that the share needs.
 * @param to where the link points once the walk is done
 */
export async function walkTo(up: Up, to: Live, action: LinkAction, from: Live): Promise<void> {
    if (action.walk === undefined) {
        return;
    }
    const { color, steps, sticky } = action.walk;
    for (const step of steps) {
        if (from === "none") {
            throw new Error(`${up.service}: a canary needs a release that is live`);
        }
        const release = await grown(up, action, color, step.replicas ?? action.replicas);
        const share = LinkValue.to(from).withPercent(step.weight, sticky);
        await moveLink(up, share, release, { retryToken: action.policy.retryToken, step });
        up.progress.info(
            `${color} gets ${trafficText(step.weight, trafficOf(release))}, confirmed through the public listener`,
        );
        await bake(up, action.bake);
    }
    if (to === color) {
        await grown(up, action, color, action.replicas);
    }
}

/** @returns the release of a canary once it has so many containers, all of them proved. It never loses one by that. */
async function grown(up: Up, action: LinkAction, color: Color, replicas: number): Promise<RecordedRelease> {
    const seen = await up.look();
    const held = seen.record[color].replicas;
    const release = readyRelease(seen, action, color, Math.min(held, replicas));
    if (held >= replicas) {
        return release;
    }
    const { policy } = action;
    const { block } = seen.record[color];
    const deadline = deadlineOf(policy, up.clock.nowMs());
    const target = { color, release, block, policy, deadline };
    await deployColor(up, { ...target, replicas, restore: false, hooks: {}, kind: "scale" });
    return readyRelease(await up.look(), action, color, replicas);
}
