import { slotsFor } from "../model/addresses";
import type { ObservedColor, ObservedSlot } from "../model/ObservedService";
import type { Release } from "../model/Release";
import type { RollingSettings } from "../model/StrategySettings";
import { RollingSchedule } from "./RollingSchedule";
import type { RollingStart } from "./RollingTurn";

/** What a rolling release does to the containers of a color. */
export interface RollPlan {
    start: RollingStart;
    /** Slots whose containers neither serve nor can be used. They are removed first. */
    discard: number[];
}

/** Plans how the containers of a color become `replicas` containers of a release, one after another. */
export function rollTo(
    color: ObservedColor,
    release: Pick<Release, "id" | "settings">,
    replicas: number,
    settings: RollingSettings,
): RollPlan {
    const slots = color.slots ?? [];
    const highest = Math.max(0, ...slots.map(({ slot }) => slot));
    const isNew = (slot: ObservedSlot) => slot.release === release.id && !slot.unhealthy;
    const isUp = (slot: ObservedSlot) => slot.ready && slot.proved;
    const fresh = slots.filter(slot => slot.runs && isNew(slot));
    const up = fresh.filter(isUp);
    const begun = fresh.filter(slot => !isUp(slot));
    const needed = neededReady(color, begun, replicas, settings);
    // A container of an interrupted run that this one does not need is not proved, because it would be removed afterwards.
    const unproved = begun.filter(slot => !needed.includes(slot)).slice(0, Math.max(0, replicas - up.length));
    // Containers of the recorded release go last: it is the only complete release that the color can go back to.
    const isRecorded = (slot: ObservedSlot) => (slot.release === color.release?.id ? 1 : 0);
    const old = slots
        .filter(slot => slot.runs && (!isNew(slot) || needed.includes(slot)))
        .sort((a, b) => isRecorded(a) - isRecorded(b) || a.slot - b.slot);
    const kept = new Set([...old, ...up, ...unproved]);
    return {
        start: {
            old: old.map(({ slot, ready }) => ({ slot, serving: ready })),
            present: [
                ...up.map(({ slot }) => ({ slot, up: true })),
                ...unproved.map(({ slot }) => ({ slot, up: false })),
            ],
            replicas,
            slots: Math.max(color.block?.size ?? slotsFor(release.settings.maxReplicas), highest),
            settings,
        },
        discard: slots.filter(slot => !kept.has(slot)).map(({ slot }) => slot),
    };
}

/**
 * A proof takes a container out of traffic for a while. When too few would serve meanwhile, the ready containers of an
 * interrupted run are replaced instead of proved.
 * @param begun containers of the new release that are not proved
 * @returns those that have to serve until they are replaced
 */
function neededReady(
    { slots = [], replicas: held }: ObservedColor,
    begun: ObservedSlot[],
    replicas: number,
    settings: RollingSettings,
): ObservedSlot[] {
    const serving = slots.filter(slot => slot.runs && slot.ready);
    const { floor } = new RollingSchedule({
        old: serving.map(({ slot }) => ({ slot, serving: true })),
        present: [],
        replicas,
        slots: Math.max(0, ...slots.map(({ slot }) => slot)),
        settings,
    });
    const others = serving.filter(slot => !begun.includes(slot));
    return others.length < Math.min(floor, held || floor) ? begun.filter(({ ready }) => ready) : [];
}
