import type { ColorSlots } from "./ColorSlots";
import type { Phase } from "./phases";
import type { SeenContainer } from "./Seen";
import { removeUnused, stopContainers } from "./stopAndRemove";
import type { Up } from "./Up";

/**
 * Stops containers that could not be proved. They are out of traffic and drained by then: one that was linked before, or
 * that already took traffic beside others, may have requests open.
 * @param phase the step that has failed
 */
export async function abandon(
    up: Up,
    slots: ColorSlots,
    containers: SeenContainer[],
    phase: Extract<Phase, `${string}: prove`>,
): Promise<void> {
    up.progress.status(`stopping what could not be proved on ${slots.color}`);
    const given = containers.map(({ slot }) => slot);
    await slots.tell(given, "maint");
    await slots.drainOrCut(given);
    // The drain may have been long, and another `up` may have taken over meanwhile.
    await up.journal.enter(phase);
    await stopContainers(up, containers);
}

/**
 * Removes containers that could not all be started. HAProxy sends them no requests, except from a soft-stopped worker. Such a
 * worker takes no order, and its slots are open as they were when other containers served there.
 * @param phase the step that has failed
 */
export async function removeUnstarted(
    up: Up,
    slots: ColorSlots,
    containers: SeenContainer[],
    phase: Extract<Phase, `${string}: start`>,
): Promise<void> {
    await slots.drainOrCut(containers.map(({ slot }) => slot));
    // Where another `up` has taken over, these may be its containers, and users may be on them.
    await up.journal.enter(phase);
    await removeUnused(up, containers);
}
