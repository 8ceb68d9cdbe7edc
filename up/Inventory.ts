import { hasTraffic } from "../model/Live";
import { strangeness } from "../model/strangeness";
import { type ColorTarget, isServing, slotCount } from "./ColorTarget";
import type { Seen, SeenContainer } from "./Seen";

/** The containers of a color, by what becomes of them. */
export interface Inventory {
    /** Users' requests go to the color. */
    live: boolean;
    /** Containers of the release that go on. */
    keep: SeenContainer[];
    /** Containers of the release that serve users and that a smaller number leaves over. */
    surplus: SeenContainer[];
    /** Containers that serve users although the record does not know them. */
    strangers: SeenContainer[];
    /** Containers that have no place on the color. */
    discard: SeenContainer[];
    /** Those of `keep` and `surplus` that users' requests go to. What only runs is proved like a new container. */
    serving: SeenContainer[];
}

/** @returns what becomes of a color's containers when it gets so many of the target's release. */
export function takeInventory(seen: Seen, target: ColorTarget, replicas: number): Inventory {
    const { color, release, block } = target;
    const { service, record } = seen;
    // When HAProxy restarts, it leads to the confirmed color, even if somebody has moved the link meanwhile.
    const isReached = hasTraffic(service, color);
    const live = isReached || service.confirmed === color;
    const proved = record.releases[release.id]?.proved ?? false;
    const all = seen.containers[color];
    // What HAProxy sends users to is not taken away because Docker's own check is of another opinion.
    // What only the record links to has no users yet: without a proof of its release, or while it is down, it is proved first.
    const isUsed = (container: SeenContainer) => isReached || (live && proved && container.up);
    const serving = all.filter(container => isUsed(container) && isServing(target, container));
    const usable = all.filter(
        container =>
            strangeness(container, release, block) === undefined &&
            (container.health !== "unhealthy" || serving.includes(container)) &&
            // What was never proved and does not run is what failed: the next `up` starts clean.
            (container.state === "running" || (proved && container.state === "exited")),
    );
    // Where there are too many, what serves stays, then what runs.
    const rank = (container: SeenContainer) =>
        (serving.includes(container) ? 0 : 2) + (container.state === "running" ? 0 : 1);
    const keep = [...usable].sort((a, b) => rank(a) - rank(b)).slice(0, replicas);
    // What serves nobody goes first: an `up` that dies before the end would forget it, since then nothing is amiss.
    const surplus = serving.filter(container => usable.includes(container) && !keep.includes(container));
    // They may be all that answers users. Only as many stay as leave a slot for each container that replaces them.
    const room = slotCount(target) - replicas - surplus.length;
    const strangers = serving
        .filter(container => !usable.includes(container) && container.reached)
        .slice(0, Math.max(0, room));
    const stays = new Set([...keep, ...surplus, ...strangers]);
    return {
        live,
        keep,
        surplus,
        strangers,
        discard: all.filter(container => !stays.has(container)),
        serving: [...keep, ...surplus].filter(container => serving.includes(container)),
    };
}
