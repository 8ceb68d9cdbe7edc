import { deleteColor } from "../../../up/deleteColor";
import { portsOf } from "./portsOf";
import { unlink } from "./relink";
import { colors } from "./SimulatedFront";
import type { SimulatedUp } from "./SimulatedUp";

/** `pulumi destroy`: the link, then both colors, then the front. */
export async function destroy(up: SimulatedUp): Promise<void> {
    await unlink(up);
    for (const color of colors) {
        await deleteColor(portsOf(up), color, Number.POSITIVE_INFINITY);
    }
    await up.enter("front: delete");
    for (const container of [...up.world.containers]) {
        up.world.remove(container);
        await up.called();
    }
    up.world.front.memory = undefined;
    up.world.lease = { epoch: up.world.lease.epoch, free: true };
}
