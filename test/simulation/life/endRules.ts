import { SwitchFailed } from "../../../up/moveLink";
import { Broken } from "./Broken";
import type { SimulatedUp } from "./SimulatedUp";
import type { SimulatedWorld } from "./SimulatedWorld";

/**
 * Whether HAProxy's files say what its memory says, and the record too, unless an intent explains the difference.
 * @param mayBeHalfWay whether a call failed, so that the intent also explains files that say something else than the memory
 */
export function isInStep(
    { front: { memory, files }, record: { link, intent }, isBackground }: SimulatedWorld,
    mayBeHalfWay = false,
): boolean {
    if (isBackground || (mayBeHalfWay && intent !== undefined)) {
        return true;
    }
    // While HAProxy does not run, its file says where it will lead.
    const held = memory ?? files;
    // Where a call failed, the file may have a failover that the memory has lost or not got yet. No container was touched
    // since, and the next `up` writes both.
    const hasFailover = files.failover === held.failover || (mayBeHalfWay && files.failover);
    const isWritten = files.link === held.link && files.percent === held.percent && hasFailover;
    const isRecorded = link.live === (held.link ?? "none") && (link.percent ?? 0) === held.percent;
    return isWritten && (isRecorded || intent !== undefined);
}

/**
 * What must hold once an `up` has ended by itself, undisturbed.
 * @param wasInStep whether the world was in step when it began
 * @throws {@link Broken}
 */
export function checkEnd(up: SimulatedUp, wasInStep: boolean, error?: unknown): void {
    const { world, made } = up;
    if (wasInStep && !isInStep(world, up.hasPortFailed)) {
        const { memory, files } = world.front;
        const of = (held?: { link?: string; percent: number; failover: boolean }) =>
            `${held?.link} ${held?.percent} %${held?.failover ? " with failover" : ""}`;
        const { live, percent = 0 } = world.record.link;
        throw new Broken(
            `rule 6: HAProxy links to ${of(memory)}, its files to ${of(files)}, and the record to ${live} ${percent} %: ${made.sentence}`,
        );
    }
    if (error === undefined && up.unconfirmed !== undefined) {
        throw new Broken(`rule 10: it succeeds, but nobody has seen ${up.unconfirmed} answer: ${made.sentence}`);
    }
    const judged = error instanceof SwitchFailed && error.judgedBad ? up.judged : undefined;
    if (judged !== undefined && world.record.releases[judged]?.judgedBad === undefined) {
        throw new Broken(`rule 5: ${judged} was judged bad, and the record does not know: ${made.sentence}`);
    }
}
