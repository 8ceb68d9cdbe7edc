import { Broken } from "./Broken";
import type { Coverage } from "./Coverage";
import { destroy } from "./destroy";
import { noFaults } from "./Faults";
import { die } from "./Run";
import { SimulatedUp } from "./SimulatedUp";
import type { SimulatedWorld } from "./SimulatedWorld";
import type { Story } from "./Story";
import { desiredOf, type Wish } from "./Wish";

/**
 * `destroy` comes to its end, however often it dies on the way, and nothing is left.
 * @param deaths how many steps each one that dies goes
 * @throws {@link Broken}
 */
export async function checkDestroy(
    world: SimulatedWorld,
    wish: Wish,
    deaths: number[],
    coverage: Coverage,
    story: Story,
): Promise<void> {
    for (const diesAfter of [...deaths, Number.POSITIVE_INFINITY]) {
        const up = new SimulatedUp(world, desiredOf(wish), noFaults, wish);
        up.scheduler.start(() => destroy(up));
        story.tell("pulumi destroy.");
        for (let step = 0; ; step++) {
            const stand = await up.scheduler.next();
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
    }
    const { containers, record, front, lease } = world;
    const { slots, routes, link } = front.files;
    const left = [...containers.map(({ name }) => name), ...Object.keys(routes), ...Object.keys(record.releases)];
    if (left.length > 0 || slots.blue || slots.green || link !== undefined || lease.holder !== undefined) {
        throw new Broken(`destroy leaves behind: ${left.join(", ")} ${JSON.stringify([front, lease])}`);
    }
}
