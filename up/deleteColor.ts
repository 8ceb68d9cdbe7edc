import type { Color } from "../model/Color";
import { hasTraffic } from "../model/Live";
import { stopAndRemove } from "./stopAndRemove";
import type { Up } from "./Up";

/**
 * Removes a color with its containers, and with the last color all that was kept of the service.
 * @param incarnation which creation of the color is deleted. A later creation has taken over, and is left alone (rule 11).
 * @param waitMs how long to wait for another `up` that has the lease, milliseconds. @default not at all
 * @throws Error where the link still leads to the color: the link is deleted first
 */
export async function deleteColor(up: Up, color: Color, incarnation: number, waitMs = 0): Promise<void> {
    const { service, record, containers, isFrontRunning } = await up.look();
    if (incarnation < (record[color].incarnation ?? 0)) {
        return;
    }
    if (isFrontRunning) {
        await up.journal.take(waitMs);
        if (hasTraffic(service, color)) {
            throw new Error(
                `${up.service}: ${color} is linked, so it cannot be deleted. Delete the service's link first`,
            );
        }
        await up.journal.enter("deploy: delete");
    }
    up.progress.status(`removing ${containers[color].length} containers of ${color}`);
    await stopAndRemove(up, containers[color], record);
    if (isFrontRunning) {
        // A first release that failed never had a link whose deletion would remove the entry.
        await up.front.backend(color).remove(record.link.live === "none");
        await forget(up, color, incarnation);
    }
}

async function forget(up: Up, color: Color, incarnation: number): Promise<void> {
    const left = await up.journal.record(record => ({ ...record, [color]: { replicas: 0, incarnation } }));
    if (left.blue.release === undefined && left.green.release === undefined) {
        await up.journal.forget();
        // Docker refuses to remove an image that a container uses. The last container is gone now.
        await up.images.drop(() => false);
    }
}
