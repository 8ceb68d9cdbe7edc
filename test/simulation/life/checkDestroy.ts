import { Broken } from "./Broken";
import { type Coverage, noteFaults } from "./Coverage";
import { destroy } from "./destroy";
import { noFaults } from "./Faults";
import type { PortFault } from "./PortFault";
import { die } from "./Run";
import { SimulatedUp } from "./SimulatedUp";
import type { SimulatedWorld } from "./SimulatedWorld";
import type { Story } from "./Story";
import { desiredOf, type Wish } from "./Wish";

/** What befalls a `destroy`: it dies behind so many steps, or a call of a port goes wrong. */
export type DestroyMishap = number | PortFault;

/**
 * `destroy` comes to its end, however often it dies or fails on the way, and nothing is left.
 * @param mishaps what befalls each one but the last
 * @throws {@link Broken}
 */
export async function checkDestroy(
    world: SimulatedWorld,
    wish: Wish,
    mishaps: DestroyMishap[],
    coverage: Coverage,
    story: Story,
): Promise<void> {
    for (const mishap of [...mishaps, undefined]) {
        const diesAfter = typeof mishap === "number" ? mishap : Number.POSITIVE_INFINITY;
        const faults = typeof mishap === "object" ? { ...noFaults, port: mishap } : noFaults;
        const up = new SimulatedUp(world, desiredOf(wish), faults, wish);
        up.scheduler.start(() => destroy(up));
        story.tell("pulumi destroy.");
        for (let step = 0; ; step++) {
            const stand = await up.scheduler.next();
            if (stand.is === "failed" && up.hasPortFailed && up.broken === undefined) {
                story.tell(`It fails: ${stand.error}`);
                up.giveBack();
                break;
            }
            if (stand.is === "failed") {
                throw up.broken ?? stand.error;
            }
            if (stand.is === "done") {
                break;
            }
            if (step >= diesAfter) {
                die(up, stand.step, coverage);
                story.tell(`It dies after ${step} steps, at "${stand.step}".`);
                break;
            }
        }
        noteFaults(coverage, up);
    }
    const { containers, record, front, lease } = world;
    const { slots, routes, link } = front.files;
    const left = [...containers.map(({ name }) => name), ...Object.keys(routes), ...Object.keys(record.releases)];
    if (left.length > 0 || slots.blue || slots.green || link !== undefined || lease.holder !== undefined) {
        throw new Broken(`destroy leaves behind: ${left.join(", ")} ${JSON.stringify([front, lease])}`);
    }
}
