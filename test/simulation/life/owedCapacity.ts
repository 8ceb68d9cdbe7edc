import type { Color } from "../../../model/Color";
import { colors } from "./SimulatedFront";
import type { SimulatedUp } from "./SimulatedUp";

/** How many containers must serve all through an `up` (rules 1 and 6). */
export function owedCapacity(up: SimulatedUp): number {
    const { world, desired, made } = up;
    const { record } = world;
    const { intent, link } = record;
    // Before its first link is confirmed, a service has no public to serve.
    const serving = link.live === "none" ? 0 : world.serving().length;
    const counts = [serving, desired.replicas];
    const isJudged = link.live !== "none" && record.releases[record[link.live].release ?? ""]?.linked === true;
    // A rollback goes to the full capacity of what is gone back to, which may be less than the config asks for now.
    if (intent !== undefined || !isJudged || made.row === "repair") {
        counts.push(...colors.filter(color => record[color].release).map(color => capacityOf(up, color)));
    }
    if (intent?.kind === "roll") {
        counts.push(intent.replicas);
    }
    if (link.live !== "none") {
        // What an interrupted scaling has left beyond that number is nothing to count on.
        counts.push(record[link.live].replicas);
    }
    const least = Math.min(...counts);
    const rolls = [made.blue.roll, made.green.roll].find(roll => roll?.order === "stopFirst");
    const step = typeof rolls?.step === "number" ? rolls.step : 2;
    return rolls === undefined ? least : Math.min(least, Math.max(1, least - step));
}

/**
 * How many containers of a color answer once the link is there. A release that is judged bad gives the link back at once, also
 * where somebody has taken some of them away meanwhile. A color that is deployed before anything else is complete by then.
 */
function capacityOf({ world, made }: SimulatedUp, color: Color): number {
    const { replicas } = world.record[color];
    const open = world.on(color).filter(({ slot, isForeign }) => !isForeign && world.isOpen(color, slot));
    const isComplete = made[color].act && made.recovery === undefined;
    return isComplete || open.length === 0 ? replicas : Math.min(replicas, open.length);
}
