import type { Color } from "../../../../model/Color";
import { emptyRecord } from "../../../../model/Record";
import { unlink } from "./relink";
import { colors } from "./SimulatedFront";
import { ReleaseFailed, type SimulatedUp } from "./SimulatedUp";

/** `pulumi destroy`: the link, then both colors, then the front. */
export async function destroy(up: SimulatedUp): Promise<void> {
    await unlink(up);
    for (const color of colors) {
        await remove(up, color);
    }
    await up.enter("front: delete");
    for (const container of [...up.world.containers]) {
        up.world.remove(container);
        await up.called();
    }
    up.world.front.memory = undefined;
    up.world.lease = { epoch: up.world.lease.epoch, free: true };
}

async function remove(up: SimulatedUp, color: Color): Promise<void> {
    const { world } = up;
    if (world.look().live === color) {
        throw new ReleaseFailed(`${color} is linked, so it cannot be deleted`);
    }
    await up.enter("deploy: delete");
    for (const container of world.on(color)) {
        world.remove(container);
        await up.called();
    }
    await up.configure(files => {
        files.slots[color] = undefined;
        files.releases[color] = undefined;
    });
    await up.write(record => ({ ...record, [color]: { replicas: 0 } }));
    if (world.record.blue.release === undefined && world.record.green.release === undefined) {
        world.record = emptyRecord("web");
        await up.called();
    }
}
