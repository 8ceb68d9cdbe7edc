import type { ActionPolicy } from "../model/PolicySettings";
import { drain } from "./drain";
import type { Leaving } from "./LinkAction";
import { countText } from "./OpenRequests";
import { isStop } from "./stop";
import { stopAndRemove, stopContainers } from "./stopAndRemove";
import type { Up } from "./Up";

/** Drains a color that has lost its traffic, then stops or removes its containers (`previousColor`). */
export async function leave(up: Up, { color, farewell }: Leaving, policy: ActionPolicy): Promise<void> {
    if (farewell === undefined) {
        await tellWarm(up, color);
        return;
    }
    const { containers, record } = await up.look();
    const leaving = containers[color];
    const slots = leaving.map(({ slot }) => slot);
    await drain(up, { color, slots }, policy);
    up.progress.status(`${farewell === "stop" ? "stopping" : "removing"} ${leaving.length} containers of ${color}`);
    await up.journal.enter("link: leave");
    // The file comes first: a reload in between must not open the slots again.
    await up.front.closeInFile(color);
    await up.front.backend(color).tellSlots(slots, "maint");
    if (farewell === "remove") {
        await up.journal.record(record => ({
            ...record,
            [color]: { ...record[color], replicas: 0, release: undefined },
        }));
    }
    try {
        await (farewell === "stop" ? stopContainers(up, leaving, record) : stopAndRemove(up, leaving, record));
    } catch (error) {
        if (isStop(error)) {
            throw error;
        }
        // The release itself is done and confirmed. The record keeps what is owed.
        up.progress.warn(
            `${color} could not be ${farewell === "stop" ? "stopped" : "removed"}: ${(error as Error).message}. ` +
                "Users are not affected, and the next up tries it again",
        );
        return;
    }
    await up.journal.enter("link: left");
    await up.journal.record(record => ({ ...record, intent: undefined }));
    up.progress.info(`${color} was drained and ${farewell === "stop" ? "stopped" : "removed"}`);
}

async function tellWarm(up: Up, color: Leaving["color"]): Promise<void> {
    const open = await up.front.open(color);
    if (open.requests > 0) {
        up.progress.info(`${color} stays warm and finishes its ${countText(open)}`);
    }
}
