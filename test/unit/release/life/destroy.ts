import type { Color } from "../../../../model/Color";
import { emptyRecord } from "../../../../model/Record";
import { unlink } from "./relink";
import { colors } from "./SimulatedFront";
import { ReleaseFailed, type SimulatedUp, type Steps } from "./SimulatedUp";

/** `pulumi destroy`: the link, then both colors, then the front. */
export function* destroy(up: SimulatedUp): Steps {
    yield* unlink(up);
    for (const color of colors) {
        yield* remove(up, color);
    }
    yield* up.enter("front: delete");
    for (const container of [...up.world.containers]) {
        up.world.remove(container);
        yield* up.called();
    }
    up.world.front.memory = undefined;
    up.world.lease = { epoch: up.world.lease.epoch, free: true };
}

function* remove(up: SimulatedUp, color: Color): Steps {
    const { world } = up;
    if (world.look().live === color) {
        throw new ReleaseFailed(`${color} is linked, so it cannot be deleted`);
    }
    yield* up.enter("deploy: delete");
    for (const container of world.on(color)) {
        world.remove(container);
        yield* up.called();
    }
    yield* up.configure(files => {
        files.slots[color] = undefined;
        files.releases[color] = undefined;
    });
    yield* up.write(record => ({ ...record, [color]: { replicas: 0 } }));
    if (world.record.blue.release === undefined && world.record.green.release === undefined) {
        world.record = emptyRecord("web");
        yield* up.called();
    }
}
