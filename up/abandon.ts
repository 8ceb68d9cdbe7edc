import type { ColorSlots } from "./ColorSlots";
import type { Phase } from "./phases";
import type { SeenContainer } from "./Seen";
import { stopContainers } from "./stopAndRemove";
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
