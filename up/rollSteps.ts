import { abandon, removeUnstarted } from "./abandon";
import { allOf } from "./allOf";
import { isFronted, proofPolicyOf } from "./ColorTarget";
import { PreStopFailed, preStop } from "./preStop";
import { prove } from "./proof";
import type { RollWork } from "./RollWork";
import type { SeenContainer } from "./Seen";
import { isStop } from "./stop";
import { removeUnused } from "./stopAndRemove";

/** Starts new containers in these slots, and proves them. */
export async function startAndProve(work: RollWork, slots: number[]): Promise<void> {
    const { up, subject } = work;
    const { color, release, block } = subject.target;
    await up.journal.enter("roll: start");
    // Where somebody removed a container by hand, its slot is still open: users would reach this one before any proof.
    await work.slots.tell(slots, "maint");
    up.progress.status(`starting ${slots.map(slot => up.containers.nameOf(color, slot)).join(", ")}`);
    const results = await Promise.allSettled(
        slots.map(async slot =>
            up.containers.start(await up.containers.create({ color, slot, block }, release), release),
        ),
    );
    const containers = await containersAt(work, slots);
    const failed = results.find(result => result.status === "rejected");
    if (failed !== undefined) {
        await removeUnstarted(up, work.slots, containers, "roll: start");
        throw failed.reason;
    }
    await proveOrRemove(work, containers);
}

/** Proves new containers, which take requests then. What cannot be proved is removed; the error has its last words. */
export async function proveOrRemove(
    { up, subject, slots, requireNeed }: RollWork,
    containers: SeenContainer[],
): Promise<void> {
    const { target } = subject;
    const { color, release, deadline } = target;
    try {
        await up.journal.enter("roll: prove");
        if (containers.length > 0) {
            const policy = proofPolicyOf(target, containers);
            await prove(up, { color, release, containers, live: true, policy, deadline, requireNeed });
        }
    } catch (error) {
        if (!isStop(error)) {
            await abandon(up, slots, containers, "roll: prove");
            await removeUnused(up, containers);
        }
        throw error;
    }
    // The proof may have been long, and another `up` may have taken over meanwhile.
    await up.journal.enter("roll: keep");
    await allOf(containers.map(({ id }) => up.containers.keepRunning(id, release.settings.restart)));
    up.progress.info(`${containers.map(({ name }) => name).join(", ")} up, proved`);
}

/** Takes containers out of traffic by a confirmed drain, and runs the user's command for them. */
export async function bidFarewell(work: RollWork, slots: number[], containers: SeenContainer[]): Promise<void> {
    const { up } = work;
    await up.journal.enter("roll: drain");
    await work.slots.tell(slots, "drain");
    await work.slots.drain(slots);
    await up.journal.enter("roll: stop");
    await runCommands(work, containers);
}

async function runCommands({ up, subject }: RollWork, containers: SeenContainer[]): Promise<void> {
    const { target, settings, commandMs: timeoutMs, isUndo } = subject;
    const { releases } = await up.journal.recorded();
    const results = await Promise.allSettled(
        containers.map(container => {
            const { secretValues = {} } = releases[container.labels["relink.release"] ?? ""] ?? {};
            return preStop(up, { container, isFronted: isFronted(target), settings, timeoutMs, secretValues });
        }),
    );
    for (const result of results.filter(result => result.status === "rejected")) {
        if (!(isUndo && result.reason instanceof PreStopFailed)) {
            throw result.reason;
        }
        up.progress.warn(`${result.reason.message}; it is stopped all the same, since its release is taken back`);
    }
}

/** @returns the containers that are in these slots now. */
export async function containersAt({ up, subject }: RollWork, slots: number[]): Promise<SeenContainer[]> {
    const { containers } = await up.look();
    return containers[subject.target.color].filter(({ slot }) => slots.includes(slot));
}
