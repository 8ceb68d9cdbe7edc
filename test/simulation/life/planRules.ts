import { hasTraffic } from "../../../model/Live";
import { Broken } from "./Broken";
import { colors } from "./SimulatedFront";
import type { SimulatedUp } from "./SimulatedUp";

/**
 * What holds of every plan.
 * @throws {@link Broken}
 */
export function checkPlan(up: SimulatedUp): void {
    touchesNoLiveColor(up);
    keepsItsPromotion(up);
}

/** A plan touches a color that has users to scale it in place, to repair it, to roll, or not at all. */
function touchesNoLiveColor({ world, made, desired }: SimulatedUp): void {
    const { link, intent } = world.record;
    const { live, percent = 0 } = made.recovery ?? link;
    for (const color of intent === undefined ? colors : []) {
        const { act, roll, release } = made[color];
        const isReplaced = act && roll === undefined && release?.id !== world.record[color].release;
        if (isReplaced && hasTraffic({ live, percent }, color)) {
            throw new Broken(`a color with users gets another release: ${made.sentence}`);
        }
        const { replicas, deployed = replicas } = made[color];
        const isOnTheWay = live !== color && percent > 0 && made.link.live === color;
        if (isOnTheWay && deployed < Math.min(world.record[color].replicas, desired.replicas)) {
            throw new Broken(`a step takes containers from a color with users: ${made.sentence}`);
        }
    }
}

/** A promotion that was begun and not finished goes on under its number. A release that is only kept has none. */
function keepsItsPromotion({ world, made, desired }: SimulatedUp): void {
    const { intent, releases, blue, green } = world.record;
    const { id = "" } = desired.release;
    // A rolling release that is being taken back is over: should it be wanted again, that is another promotion.
    const isOver = intent?.kind === "roll" && intent.to !== id;
    const isHeld = [blue.release, green.release, intent?.kind === "roll" ? intent.to : undefined].includes(id);
    // So is one whose service was about to be removed: it had a link, and has none.
    const wasLinked = world.record.history.some(({ result }) => result === "confirmed");
    const isDone = world.record.link.live === "none" && wasLinked;
    const begun = isHeld && !isOver && !isDone ? releases[id] : undefined;
    if (made.promotion !== undefined && begun !== undefined && made.promotion !== begun.promotion) {
        throw new Broken(`promotion ${begun.promotion} becomes ${made.promotion}: ${made.sentence}`);
    }
}
