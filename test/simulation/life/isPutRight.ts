import type { Plan } from "../../../plan/Plan";
import { areBothGood } from "./areBothGood";
import { Broken } from "./Broken";
import type { SimulatedUp } from "./SimulatedUp";
import type { SimulatedWorld } from "./SimulatedWorld";
import { difference, served, summary, withoutFailover, withoutPlaces, withoutRoutes, withoutSurplus } from "./summary";
import type { Ups } from "./Ups";
import type { Wish } from "./Wish";

/** What an `up` left behind that died, or one of whose port calls failed. */
export interface Leftover {
    up: SimulatedUp;
    wish: Wish;
    /** The world when it began. */
    before: SimulatedWorld;
    /** The next one dies too, behind so many steps. */
    diesAgainAfter?: number;
    /** The life goes on from where it died, not from where it was put right. */
    goesOn?: boolean;
}

/**
 * Rule 7: whatever an `up` died behind, and be it twice, it ends as one that did not die: as one that succeeded, or, where it
 * had failed by then, as one that failed.
 * @throws {@link Broken}
 */
export async function isPutRight(ups: Ups, left: Leftover): Promise<void> {
    const { up, wish, diesAgainAfter, goesOn = false } = left;
    const { world } = up;
    const check = async () => {
        const after = goesOn ? world.clone() : world;
        if (diesAgainAfter !== undefined) {
            await ups.run(ups.begin(after, wish), { diesAfter: diesAgainAfter });
        }
        const broken = await ups.settle(after, wish);
        await ups.story.check("Without that it would go on like this.", () => {
            return endsAsUnbroken(ups, left, after, broken);
        });
    };
    await (goesOn ? ups.story.check("What comes next must put it right.", check) : check());
}

/**
 * Whether it does not matter if what was begun was finished or undone, after a call that failed: users have what is wished,
 * or that is refused either way, or it waits as the config says. Where the user wants a canary by now, a rolling release that
 * is taken back is begun again as one, and is held at its share. Where the user pins a color by now, that color serves what
 * the rolling release left on it: the new release, or the old one.
 */
function isDecided({ made, desired, world }: SimulatedUp, { blue, green }: Plan): boolean {
    const { live } = world.look();
    const isLive = live !== "none" && world.record[live].release === desired.release.id;
    const isPinned = made.row === "pinned" && (blue.roll ?? green.roll) !== undefined;
    return made.refusal !== undefined || isLive || isPinned || made.row === "nothing" || made.row === "waiting";
}

/** @returns the places that the config gives to other services. */
function placesOfOthers({ desired: { places }, world: { service } }: SimulatedUp): string[] {
    return Object.keys(places.wanted).filter(place => places.wanted[place] !== service);
}

/** @param broken how many `up`s it took with the interruption */
async function endsAsUnbroken(
    ups: Ups,
    { up, wish, before }: Leftover,
    after: SimulatedWorld,
    broken: number,
): Promise<void> {
    // Its plan too was made before the reload that comes in on its way.
    const failed = before.clone();
    if (up.hasReloaded) {
        // What an `up` before this one left in the memory alone is gone either way.
        before.host.haproxy.reload();
    }
    const unbroken = await ups.settle(before, wish);
    if (broken > unbroken + 1) {
        throw new Broken(`rule 7: it takes ${broken} ups after an interruption, and ${unbroken} without one`);
    }
    if (up.hasPortFailed && isDecided(ups.begin(after, wish), up.made)) {
        return;
    }
    const isRepair = up.made.row === "repair";
    // After a call that failed, what it was to do may be given up and begun again, perhaps on the other color. So may a link be
    // that follows failover to a color which is repaired next: until that is confirmed, the color before is repaired instead.
    const isFollowing = up.made.recovery?.kind === "failover" && isRepair;
    const end = up.hasPortFailed || isFollowing ? served : summary;
    // Where the user goes back meanwhile, or somebody has changed something, nobody judges what was left. So that does not
    // answer by failover either.
    const isLeft = up.made.recovery !== undefined || isRepair;
    const isUnjudged = isLeft && areBothGood(after) !== areBothGood(before);
    // A repair takes the routes too, and ends a failover that is not wished any more. An `up` that finishes it does neither,
    // where what is wished is refused.
    const isRefused = isRepair && ups.begin(after, wish).made.refusal !== undefined;
    const isFailoverLeft = isUnjudged || (isRefused && !wish.failover);
    // A place that only HAProxy's file has leads to the service after a reload. It stays in the memory until another service
    // takes it, also where the file has given it up by then.
    const passed = up.halfWritten ? placesOfOthers(up) : [];
    const text = (world: SimulatedWorld) => {
        const found = withoutPlaces(end(world, !isLeft), passed);
        const compared = isFailoverLeft ? withoutFailover(found) : found;
        // It also removes what a color has too much. Where the link goes to the other color next, that waits until this color
        // is deployed again. The live color has nothing too much in the end (Ending.ts).
        const same = isRepair ? withoutSurplus(compared) : compared;
        return isRefused ? withoutRoutes(same) : same;
    };
    if (text(after) === text(before)) {
        return;
    }
    ups.story.tell("Or like this, where it fails.");
    await ups.run(ups.begin(failed, wish, { ...up.faults, port: undefined }));
    await ups.settle(failed, wish);
    if (end(after) !== end(failed)) {
        const [one, other] = [before, failed].map(world => difference(end(after), end(world)));
        const orElse = one === other ? "" : `; or, compared with one that fails, ${other}`;
        throw new Broken(`rule 7: after "${up.made.sentence}" was interrupted, ${one}${orElse}`);
    }
}
