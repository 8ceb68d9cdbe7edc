import type { ServiceRecord } from "../model/Record";
import type { ColorSlots } from "./ColorSlots";
import type { Phase } from "./phases";
import type { SeenContainer } from "./Seen";
import { stopAndRemove } from "./stopAndRemove";
import type { Up } from "./Up";

/** Containers whose slots are drained, and whose place is wanted. */
export interface Vacated {
    phase: Extract<Phase, "deploy: vacate" | "roll: vacate">;
    containers: SeenContainer[];
    /** The slots that are closed. @default the containers' own */
    slots?: number[];
    /** The record that still knows the containers' releases. @default the record as it is now */
    record?: ServiceRecord;
}

/** Closes slots that are drained, and removes their containers. */
export async function vacate(up: Up, colorSlots: ColorSlots, vacated: Vacated): Promise<void> {
    const { phase, containers, record, slots = containers.map(({ slot }) => slot) } = vacated;
    if (containers.length > 0) {
        await up.journal.enter(phase);
        await colorSlots.tell(slots, "maint");
        up.progress.status(`removing ${containers.length} containers of ${colorSlots.color}`);
        await stopAndRemove(up, containers, record);
    }
}
