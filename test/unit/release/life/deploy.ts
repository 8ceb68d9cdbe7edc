import type { Color } from "../../../../model/Color";
import type { DeclaredHooks } from "../../../../model/CommandHook";
import { hasTraffic } from "../../../../model/Live";
import { heldSlots, hooksBefore } from "../../../../model/Record";
import type { RecordedRelease } from "../../../../model/Release";
import { recover } from "../../../../up/recover";
import { bakePolicyOf } from "./relink";
import { rollOut } from "./rollOut";
import type { Admin } from "./SimulatedFront";
import { portsOf } from "./SimulatedPorts";
import { ReleaseFailed, type SimulatedUp } from "./SimulatedUp";
import { Broken, blocks, type Container } from "./SimulatedWorld";

/** Brings one color to its release, phase by phase as up/ColorDeployment.ts does. */
export async function deploy(up: SimulatedUp, color: Color): Promise<void> {
    const { made, world } = up;
    up.take();
    up.unless(world.fingerprint() === up.from, "the plan is stale");
    await recover(portsOf(up), up.made.recovery, bakePolicyOf(up));
    const now = world.look();
    const isCanary = now.live !== color && hasTraffic(now, color);
    up.unless(!isCanary || now[color].release?.id === made[color].release?.id, `${color} has users and is not touched`);
    const { release: wanted, replicas, deployed = replicas, roll } = made[color];
    const release = asRecorded(up, wanted as RecordedRelease);
    if (!world.images.has(release.imageId ?? "")) {
        if (!up.surroundings.registry) {
            throw new ReleaseFailed(`${release.image} cannot be pulled`);
        }
        world.images.add(release.imageId ?? "");
    }
    await (roll === undefined
        ? bring(up, color, release, deployed)
        : rollOut(up, { color, release, replicas, settings: roll }));
}

function asRecorded({ made }: SimulatedUp, release: RecordedRelease): RecordedRelease {
    const promotion = made.promotion ?? 0;
    const imageId = release.imageId ?? release.digest;
    return { ...release, imageId, proved: false, linked: false, promotion, judgedBad: undefined };
}

/** The hooks that this `up` runs, and whether the config has them. */
export function declaredHooks({ made, surroundings }: SimulatedUp): DeclaredHooks {
    return Object.fromEntries(made.hooks.map(hook => [hook, surroundings.hooks[hook] === true]));
}

/** Where a color gets containers: in its deployment, or while the link walks. */
type Kind = "deploy" | "scale";

export async function bring(
    up: SimulatedUp,
    color: Color,
    release: RecordedRelease,
    replicas: number,
    kind: Kind = "deploy",
): Promise<void> {
    const { world, faults } = up;
    const live = hasTraffic(world.look(), color) || world.record.link.live === color;
    const { keep, surplus, strangers, discard } = sort(up, color, release, replicas, live);
    const serving = live ? [...keep, ...surplus].filter(isServing(up)) : [];
    const answering = [...serving, ...strangers];
    const leaving = [...surplus, ...strangers];
    const vacated = slotsOf(discard).filter(slot => !slotsOf(answering).includes(slot));
    if (!live) {
        await drained(up, color, vacated, live);
    }
    await up.enter(`${kind}: record`);
    await begin(up, color, release, replicas, live, keep, serving, kind);
    if (live) {
        await configure(up, color, release, answering, kind);
        await up.setSlots(color, slotsOf(answering), "ready");
        await drained(up, color, vacated, live);
        await removeAll(up, color, discard, vacated);
    } else {
        await removeAll(up, color, discard, vacated);
        await configure(up, color, release, serving, kind);
    }
    const missing = freeSlots(up, color, replicas - keep.length);
    if (live) {
        await up.setSlots(color, [...slotsOf(keep.filter(one => !serving.includes(one))), ...missing], "maint");
    }
    await up.enter(`${kind}: start`);
    // Only a deployment pulls.
    if (missing.length > 0 && !world.images.has(release.imageId ?? "")) {
        throw new ReleaseFailed(`${release.image} is gone`);
    }
    const created: Container[] = [];
    for (const slot of missing) {
        created.push(world.create(color, slot, release));
        await up.called();
    }
    const all = [...keep, ...created];
    if (faults.proof?.how === "cannot start" && created.length > 0 && isDue(up, color, kind)) {
        up.strikes("proof: cannot start");
        for (const container of created) {
            world.remove(container);
            await up.called();
        }
        throw new ReleaseFailed("a container cannot be started");
    }
    for (const container of all.filter(({ state }) => state !== "running")) {
        container.state = "running";
        await up.called();
    }
    const unproved = all.filter(container => !serving.includes(container));
    await up.enter(`${kind}: prove`);
    try {
        await prove(up, color, unproved, created, live, kind);
    } catch (error) {
        if (error instanceof ReleaseFailed && live && up.made.row === "repair") {
            await up.write(record => {
                const held = Math.min(record[color].replicas, serving.length);
                return { ...record, [color]: { ...record[color], replicas: held } };
            });
        }
        throw error;
    }
    await up.enter(`${kind}: keep`);
    for (const container of all) {
        container.restart = release.settings.restart;
        await up.called();
    }
    if (kind === "scale" && surplus.length > 0) {
        throw new Broken(`a step takes containers away: ${up.made.sentence}`);
    }
    if (leaving.length > 0) {
        const down = all.filter(
            ({ state, slot }) => state !== "running" || up.world.front.adminOf(color, slot) !== "ready",
        );
        if (down.length > 0) {
            throw new ReleaseFailed(`${down[0]?.name} would have to stay, but it does not serve`);
        }
        await configure(up, color, release, all, kind);
        await drained(up, color, slotsOf(leaving), live);
        await removeAll(up, color, leaving, slotsOf(leaving));
    }
    await open(up, color, slotsOf(all));
    await openOnly(up, color, slotsOf(all));
    await up.enter(`${kind}: proved`);
    await up.write(record => ({
        ...record,
        intent: record.intent?.kind === "leave" && record.intent.color === color ? undefined : record.intent,
        [color]: { ...record[color], replicas, slots: heldSlots(slotsOf(all)) },
        releases: {
            ...record.releases,
            [release.id]: { ...(record.releases[release.id] ?? release), proved: true, provedAt: "now" },
        },
    }));
}

function sort(up: SimulatedUp, color: Color, release: RecordedRelease, replicas: number, live: boolean) {
    const { world } = up;
    const proved = world.record.releases[release.id]?.proved ?? false;
    const all = world.on(color);
    const usable = all.filter(
        ({ state, imageId, release: id }) =>
            id === release.id && imageId === release.imageId && (state === "running" || (proved && state === "exited")),
    );
    const serves = isServing(up);
    const rank = (container: Container) =>
        (live && serves(container) ? 0 : 2) + (container.state === "running" ? 0 : 1);
    const keep = [...usable].sort((a, b) => rank(a) - rank(b)).slice(0, replicas);
    const surplus = live ? usable.filter(container => serves(container) && !keep.includes(container)) : [];
    const room = Math.max(0, blocks[color].size - replicas - surplus.length);
    const strangers = live
        ? all.filter(container => serves(container) && !usable.includes(container)).slice(0, room)
        : [];
    const stays = [...keep, ...surplus, ...strangers];
    return { keep, surplus, strangers, discard: all.filter(container => !stays.includes(container)) };
}

async function begin(
    up: SimulatedUp,
    color: Color,
    release: RecordedRelease,
    replicas: number,
    live: boolean,
    keep: Container[],
    serving: Container[],
    kind: Kind,
): Promise<void> {
    const { made } = up;
    // A walk belongs to the deployment before it, which has said this.
    const { promotion, hooks } =
        kind === "deploy"
            ? { promotion: made.promotion, hooks: declaredHooks(up) }
            : { promotion: undefined, hooks: {} };
    const starts = !live && (keep.length < replicas || keep.some(({ state }) => state !== "running"));
    const isFirst = made.row === "bootstrap" && color === "blue";
    await up.write(record => {
        const known = record.releases[release.id];
        return {
            ...record,
            [color]: live
                ? {
                      ...record[color],
                      replicas:
                          made.row === "repair" ? replicas : Math.min(record[color].replicas, replicas, serving.length),
                  }
                : { ...record[color], release: release.id, replicas, block: blocks[color], slots: undefined },
            ...(isFirst ? { green: { ...record.green, block: blocks.green } } : {}),
            releases: {
                ...record.releases,
                [release.id]: known
                    ? {
                          ...known,
                          promotion: promotion ?? known.promotion,
                          proved: known.proved && !starts,
                          linked: known.linked && record[color].release === release.id,
                      }
                    : release,
            },
            promotions: Math.max(record.promotions, promotion ?? 0),
            hooks: hooksBefore(record, hooks),
        };
    });
}

/** Takes slots out of traffic and waits until nothing is open on them. */
async function drained(up: SimulatedUp, color: Color, slots: number[], live: boolean): Promise<void> {
    if (live) {
        await up.setSlots(color, slots, "drain");
    }
    await up.drain(color, slots);
}

async function removeAll(up: SimulatedUp, color: Color, containers: Container[], slots: number[]): Promise<void> {
    if (containers.length > 0) {
        await up.enter("deploy: vacate");
        await up.setSlots(color, slots, "maint");
        for (const container of containers) {
            up.world.stop(container);
            await up.called();
        }
        for (const container of containers) {
            up.world.remove(container);
            await up.called();
        }
    }
}

async function configure(
    up: SimulatedUp,
    color: Color,
    release: RecordedRelease,
    serving: Container[],
    kind: Kind,
): Promise<void> {
    await up.enter(`${kind}: configure`);
    await configureBackend(up, color, release, slotsOf(serving));
}

/** The color's backend for a release: other slots are closed. */
export async function configureBackend(
    up: SimulatedUp,
    color: Color,
    release: RecordedRelease,
    slots: number[],
): Promise<void> {
    const { front } = up.world;
    const { port = 0 } = release.settings;
    // HAProxy learns a new or another backend by a reload; which slots are open it is told.
    const reloads = front.files.slots[color] === undefined || front.files.ports[color] !== port;
    const answered = up.world.answering().length > 0 ? front.memory : undefined;
    await up.configure(files => {
        files.slots[color] = slotTable(slots);
        files.ports[color] = port;
        files.releases[color] = release.id;
        files.slots[color === "blue" ? "green" : "blue"] ??= {};
        files.link = answered?.link ?? files.link ?? "none";
        files.percent = answered?.percent ?? files.percent;
        front.edited = front.edited.filter(edited => edited !== color);
    }, reloads);
    if (front.memory !== undefined) {
        front.memory.releases[color] = release.id;
        await up.called();
    }
}

/** The slots that take traffic, in the color's file. */
export async function open(up: SimulatedUp, color: Color, slots: number[]): Promise<void> {
    await up.configure(files => {
        files.slots[color] = slotTable(slots);
        up.world.front.edited = up.world.front.edited.filter(edited => edited !== color);
    });
}

/** Of all slots, these take traffic. */
export async function openOnly(up: SimulatedUp, color: Color, slots: number[]): Promise<void> {
    const known = Object.entries(up.world.front.memory?.slots[color] ?? {});
    const left = known.filter(([slot, admin]) => admin !== "maint" && !slots.includes(Number(slot)));
    await up.setSlots(
        color,
        left.map(([slot]) => Number(slot)),
        "maint",
    );
    await up.setSlots(color, slots, "ready");
}

function slotTable(slots: number[]): Record<number, Admin> {
    return Object.fromEntries(slots.map(slot => [slot, "ready" as const]));
}

export function freeSlots({ world }: SimulatedUp, color: Color, count: number): number[] {
    const taken = slotsOf(world.on(color));
    return Array.from({ length: blocks[color].size }, (_, index) => index + 1)
        .filter(slot => !taken.includes(slot))
        .slice(0, Math.max(0, count));
}

/** Whether it is among these containers that one cannot be proved: where a walk adds others, it may be one of those. */
function isDue({ made, faults }: SimulatedUp, color: Color, kind: Kind): boolean {
    return kind === "scale" || made[color].deployed === undefined || faults.proof?.after === 0;
}

/** Proves containers, after which their slots take traffic. */
async function prove(
    up: SimulatedUp,
    color: Color,
    unproved: Container[],
    created: Container[],
    live: boolean,
    kind: Kind,
): Promise<void> {
    const { world, faults } = up;
    for (const [index, container] of unproved.entries()) {
        const isOne = index === faults.proof?.after || index === unproved.length - 1;
        const sick = faults.proof?.how === "unhealthy" && isOne && isDue(up, color, kind);
        if (sick) {
            up.strikes("proof: unhealthy");
        }
        if (sick || container.state !== "running") {
            await abandon(up, color, unproved);
            if (live) {
                for (const made of created) {
                    world.remove(made);
                    await up.called();
                }
            }
            throw new ReleaseFailed("the proof failed");
        }
        container.proved = true;
        await up.setSlots(color, [container.slot], "ready");
    }
}

/** Takes what could not be proved out of traffic, and stops it. */
export async function abandon(up: SimulatedUp, color: Color, containers: Container[]): Promise<void> {
    await up.setSlots(color, slotsOf(containers), "maint");
    for (const container of containers) {
        // What could not be proved may have had a first request. It is broken, so nobody waits for it.
        container.open = false;
        up.world.stop(container);
        await up.called();
    }
}

export function slotsOf(containers: Container[]): number[] {
    return containers.map(({ slot }) => slot);
}

/** Whether users' requests go to a container of the live color. */
export function isServing({ world }: SimulatedUp): (container: Container) => boolean {
    return ({ color, slot, state }) =>
        state === "running" && (world.front.memory === undefined || world.front.adminOf(color, slot) === "ready");
}
