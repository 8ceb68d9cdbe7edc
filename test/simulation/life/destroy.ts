import { deleteColor } from "../../../up/deleteColor";
import { portsOf } from "./portsOf";
import { unlink } from "./relink";
import { colors } from "./SimulatedFront";
import type { SimulatedUp } from "./SimulatedUp";

/** The end of a service: its link, then both colors. */
export async function removeService(up: SimulatedUp): Promise<void> {
    await unlink(up);
    for (const color of colors) {
        await deleteColor(portsOf(up), color, Number.POSITIVE_INFINITY);
    }
}

/** `pulumi destroy`: the link, then both colors, then the front. */
export async function destroy(up: SimulatedUp): Promise<void> {
    await removeService(up);
    await up.enter("front: delete");
    for (const container of [...up.world.containers]) {
        up.world.remove(container);
        await up.called();
    }
    up.world.front.haproxy.stop();
    up.world.lease = { epoch: up.world.lease.epoch, free: true };
}
