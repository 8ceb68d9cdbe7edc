import { Broken } from "./Broken";
import type { Race } from "./Event";
import { Run } from "./Run";
import type { SimulatedWorld } from "./SimulatedWorld";
import { Snapshot } from "./Snapshot";
import { wishText } from "./storyText";
import type { Ups } from "./Ups";
import type { Wish } from "./Wish";

/**
 * Two `up`s at once: the second is refused, or it takes over and the first one can write nothing more.
 * @throws {@link Broken}
 */
export async function race(
    ups: Ups,
    world: SimulatedWorld,
    wish: Wish,
    { faults, phases, early, expired, change, dies }: Race,
): Promise<void> {
    const { coverage, story } = ups;
    const other = { ...wish, ...change };
    const first = ups.begin(world, wish, { ...faults, reload: undefined });
    const planned = early ? ups.begin(world, other) : undefined;
    const run = new Run(first, coverage, story, "A first pulumi up");
    if ((await run.go({ until: phases })) !== "died") {
        return;
    }
    const second = planned ?? ups.begin(world, other);
    first.disturbed = true;
    second.disturbed = true;
    const isHeld = world.lease.holder === first.self;
    world.lease.free = expired || !isHeld;
    const snapshot = new Snapshot(world);
    const lease = expired ? "has expired" : "has not expired";
    const wishes = wishText(change) === "" ? "" : `, for ${wishText(change)}`;
    story.tell(`A second one was planned ${early ? "before" : "after"} that${wishes}. The first lease ${lease}.`);
    const end = await new Run(second, coverage, story, "The second one").go({ diesAfter: dies });
    if (isHeld && !expired) {
        if (!new Snapshot(world).equals(snapshot)) {
            throw new Broken("two ups write at the same time");
        }
        coverage.races.refused += end === "failed" ? 1 : 0;
    }
    const isTaken = world.lease.holder !== first.self && isHeld;
    const after = new Snapshot(world);
    story.tell("The first one goes on.");
    const rest = await run.go();
    if (isTaken) {
        coverage.races["takes over"]++;
        if (rest !== "failed" || !new Snapshot(world).equals(after)) {
            throw new Broken("an up goes on although another one has taken over");
        }
    }
}
