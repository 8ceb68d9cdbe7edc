import { hasTraffic } from "../model/Live";
import type { ServiceRecord } from "../model/Record";
import type { RecordedRelease } from "../model/Release";
import { trafficOf, trafficText } from "../model/trafficNoun";
import { count } from "../model/words";
import { abandon, removeUnstarted } from "./abandon";
import { allOf } from "./allOf";
import type { ColorDeployment } from "./ColorDeployment";
import { ColorSlots } from "./ColorSlots";
import { proofPolicyOf, slotCount } from "./ColorTarget";
import { withDeploymentBegun, withDeploymentProved, withRepairFailed } from "./deploymentRecord";
import { type Inventory, takeInventory } from "./Inventory";
import { ProofFailed, prove } from "./proof";
import { requireSameChecks, requireUp } from "./refusals";
import type { Seen, SeenContainer } from "./Seen";
import { isStop } from "./stop";
import { removeUnused } from "./stopAndRemove";
import type { Up } from "./Up";
import { vacate } from "./vacate";

/** What each step of a deployment needs. */
interface Work {
    up: Up;
    deployment: ColorDeployment;
    slots: ColorSlots;
    /** The record as the deployment found it: it still knows the releases of containers that go. */
    record: ServiceRecord;
    /** The color's containers as the deployment found them. */
    inventory: Inventory;
    /** What the color does for users when this fails. */
    staysServing: string;
}

/** The containers that the color has from now on. */
interface Started {
    all: SeenContainer[];
    /** Those that this deployment has created. */
    created: SeenContainer[];
}

/**
 * Brings one color to one release, and proves it. A color that has users keeps all that serves them until as many others
 * are proved.
 * @throws Error that says what was left serving
 */
export async function deployColor(up: Up, deployment: ColorDeployment): Promise<void> {
    const { color, release } = deployment;
    const work = await beginning(up, deployment);
    await makeRoom(work);
    const started = await startAll(work);
    await proveOrAbandon(work, started);
    await keepRunning(work, started);
    await takeAwayRest(work, started);
    await finish(work, started);
    up.progress.info(`${color} runs ${release.image} (release ${release.id}), proved`);
}

async function beginning(up: Up, deployment: ColorDeployment): Promise<Work> {
    const { color, replicas } = deployment;
    const slots = new ColorSlots(up, deployment);
    const seen = await up.look();
    const inventory = takeInventory(seen, deployment, replicas);
    if (inventory.strangers.length > 0 && hasTraffic(seen.service, color)) {
        await requireSameChecks(up, deployment, slots, inventory.strangers);
    }
    const serves = staysServing(seen, deployment, inventory);
    return { up, deployment, slots, record: seen.record, inventory, staysServing: serves };
}

function staysServing({ service }: Seen, { color, release }: ColorDeployment, { serving }: Inventory): string {
    const { percent, live } = service;
    return percent > 0 && live !== color
        ? `${color} keeps its ${trafficText(percent, trafficOf(release))} with ${count(serving.length, "container")}`
        : `${color} goes on serving as before`;
}

/** Writes down what begins, gives HAProxy the color's backend, and removes what has no place on the color. */
async function makeRoom(work: Work): Promise<void> {
    const { slots, inventory } = work;
    const { live, serving, strangers, discard } = inventory;
    const answering = slotsOf([...serving, ...strangers]);
    // A stranger may say that it is in a slot whose own container serves.
    const vacated = slotsOf(discard).filter(slot => slots.has(slot) && !answering.includes(slot));
    if (live) {
        await recordBeginning(work);
        // The file comes first: a HAProxy that restarts meanwhile sends nothing to slots that are drained and vacated.
        await configure(work, answering);
        await slots.tell(vacated, "drain");
        await slots.drain(vacated);
        await vacateSlots(work, discard, vacated);
    } else {
        await slots.drain(vacated);
        await recordBeginning(work);
        await vacateSlots(work, discard, vacated);
        await configure(work, []);
    }
}

async function recordBeginning({ up, deployment, inventory }: Work): Promise<void> {
    await up.journal.enter(`${deployment.kind}: record`);
    await up.journal.record(record => withDeploymentBegun(record, deployment, inventory));
}

/** Renders the color's backend from the release that the color is about to run. */
async function configure({ up, deployment, slots }: Work, open: number[]): Promise<void> {
    await up.journal.enter(`${deployment.kind}: configure`);
    await slots.configure(open);
}

/** Removes containers whose slots are drained. */
async function vacateSlots(work: Work, containers: SeenContainer[], slots: number[]): Promise<void> {
    const { record } = work;
    await vacate(work.up, work.slots, { phase: "deploy: vacate", containers, slots, record });
}

/** Starts what is stopped and creates what is missing, all at once. */
async function startAll(work: Work): Promise<Started> {
    const { up, deployment, slots, inventory } = work;
    const { color, release, block, kind } = deployment;
    const { live, keep, serving } = inventory;
    const missing = freeSlots(work);
    if (live) {
        // HAProxy's checks alone would let them in, perhaps in the place of one that somebody removed: they are proved first.
        const unproved = keep.filter(container => !serving.includes(container));
        await slots.tell([...slotsOf(unproved), ...missing], "maint");
    }
    const stopped = keep.filter(({ state }) => state !== "running");
    up.progress.status(`starting ${missing.length + stopped.length} containers on ${color}`);
    await up.journal.enter(`${kind}: start`);
    const results = await Promise.allSettled([
        ...missing.map(async slot =>
            up.containers.start(await up.containers.create({ color, slot, block }, release), release),
        ),
        ...stopped.map(container => startAgain(up, container, release)),
    ]);
    const wanted = new Set([...slotsOf(keep), ...missing]);
    const all = (await up.look()).containers[color].filter(({ slot }) => wanted.has(slot));
    const created = all.filter(({ id }) => !keep.some(kept => kept.id === id));
    const failed = results.find(result => result.status === "rejected");
    if (failed !== undefined) {
        await removeUnstarted(up, slots, created, `${kind}: start`);
        throw notReleased(work, failed.reason as Error, "what could not be started was removed");
    }
    return { all, created };
}

/** Starts what is stopped. Docker does not start it again before its proof, so that an `up` that dies until then shows. */
async function startAgain(
    { containers }: Up,
    { id, restartPolicy }: SeenContainer,
    release: RecordedRelease,
): Promise<void> {
    if (restartPolicy !== "no") {
        await containers.keepRunning(id, "no");
    }
    await containers.start(id, release);
}

/** @returns the first slots for what is missing. After a rolling release the containers are anywhere among the slots. */
function freeSlots({ up, deployment, inventory }: Work): number[] {
    const { keep, surplus, strangers } = inventory;
    const held = [...keep, ...surplus, ...strangers];
    const taken = slotsOf(held);
    const names = new Set(held.map(({ name }) => name));
    return Array.from({ length: slotCount(deployment) }, (_, index) => index + 1)
        .filter(slot => !taken.includes(slot) && !names.has(up.containers.nameOf(deployment.color, slot)))
        .slice(0, Math.max(0, deployment.replicas - keep.length));
}

/** Proves what does not serve yet, so that its slots take traffic. */
async function proveOrAbandon(work: Work, started: Started): Promise<void> {
    const { up, deployment, inventory } = work;
    const { color, release, kind, deadline } = deployment;
    const { live, serving } = inventory;
    const containers = started.all.filter(({ id }) => !serving.some(container => container.id === id));
    try {
        await up.journal.enter(`${kind}: prove`);
        if (containers.length > 0) {
            const policy = proofPolicyOf(deployment, containers);
            await prove(up, { color, release, containers, live, policy, deadline });
        }
    } catch (error) {
        const isUnproved = error instanceof ProofFailed;
        if (!isStop(error)) {
            await giveUp(work, containers, started.created);
        }
        if (isUnproved) {
            await noteFailedRepair(work);
        }
        throw isUnproved ? notReleased(work, error) : error;
    }
}

/** Takes what could not be proved out of traffic. It is stopped, and kept for its logs until the next `up`. */
async function giveUp(
    { up, deployment, slots, inventory }: Work,
    containers: SeenContainer[],
    created: SeenContainer[],
): Promise<void> {
    const { live } = inventory;
    await abandon(up, slots, containers, `${deployment.kind}: prove`);
    if (live) {
        // The live color would have one too many. What was there before stays, for its logs.
        await removeUnused(up, created);
    }
}

/** What was repaired cannot be proved. Where anything else went wrong, the next `up` repairs it. */
async function noteFailedRepair({ up, deployment, inventory: { live, serving } }: Work): Promise<void> {
    if (live && deployment.restore) {
        await up.journal.record(record => withRepairFailed(record, deployment, serving.length));
    }
}

/** Docker keeps running what stays, before anything is taken away: its daemon may restart in the middle of that. */
async function keepRunning({ up, deployment }: Work, { all }: Started): Promise<void> {
    const { kind, release } = deployment;
    await up.journal.enter(`${kind}: keep`);
    await allOf(all.map(({ id }) => up.containers.keepRunning(id, release.settings.restart)));
}

/** Takes away containers of a live color that others replace, or that a smaller number leaves over. */
async function takeAwayRest(work: Work, { all }: Started): Promise<void> {
    const { up, deployment, slots, inventory } = work;
    const leaving = [...inventory.surplus, ...inventory.strangers];
    if (leaving.length === 0) {
        return;
    }
    // Rule 1: what stays is up before anything is taken away.
    await requireUp(up, deployment, all);
    await configure(work, slotsOf(all));
    await slots.tell(slotsOf(leaving), "drain");
    await slots.drain(slotsOf(leaving));
    await vacateSlots(work, leaving, slotsOf(leaving));
}

/** Proved: the file says what the memory says, and the record knows. */
async function finish({ up, deployment, slots }: Work, { all }: Started): Promise<void> {
    await slots.openOnly(slotsOf(all));
    await up.journal.enter(`${deployment.kind}: proved`);
    const provedAt = (await up.clock.hostNow()).toISOString();
    await up.journal.record(record => withDeploymentProved(record, deployment, slotsOf(all), provedAt));
}

function notReleased(
    { up, deployment, inventory, staysServing }: Work,
    error: Error,
    left = "the stopped containers are kept for their logs until the next up",
): Error {
    const names = inventory.strangers.map(({ name }) => name).join(" ");
    const others = names === "" ? "" : `, also by what the record does not know: to do without, docker rm -f ${names}`;
    const kept = inventory.live ? `${staysServing}${others}` : `nothing was switched; ${left}`;
    const { color, release } = deployment;
    return new Error(`${up.service}: ${release.image} was not released on ${color}: ${error.message}\n${kept}.`);
}

function slotsOf(containers: readonly SeenContainer[]): number[] {
    return containers.map(({ slot }) => slot);
}
