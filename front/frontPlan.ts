import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { Engine } from "../docker/Engine";
import { freeSubnet } from "../docker/networks";
import { holderOf } from "../docker/ports";
import { standIn } from "../haproxy/names";
import { frontFindings } from "../look/frontFindings";
import { layout, type SubnetLayout } from "../model/addresses";
import type { ContainerInfo } from "../model/Container";
import { staysOn } from "../model/FrontImage";
import type { FrontSettings } from "../model/FrontSettings";
import { httpsPortOffset } from "../model/FrontSettings";
import { ownServices, stackName } from "../model/ownership";
import type { Settings } from "../model/Settings";
import type { Target } from "../model/Target";
import { currentWorkers, type World } from "../model/World";
import { certificatePlan } from "./certificatePlan";
import { type FrontObjects, findFrontObjects } from "./frontObjects";
import { claimFront, findFronts, type OtherFront } from "./frontOwner";
import { type GenerationPlan, planGeneration } from "./generationPlan";
import { accessIn, areListenersKnown } from "./listenerFiles";
import { listenerPorts } from "./listeners";
import { fixedLabels, tcpLabel, tcpPorts } from "./published";
import { hasQuic, http3Label, withoutQuic, withoutUdp } from "./quic";
import { recipeForPorts } from "./recipeForPorts";
import { listenKey, unpublishedPorts } from "./unpublishedPorts";

/** The front as it will be after this `up`. */
export interface FrontPlan {
    layout: SubnetLayout;
    /** The stack's random key; unknown in a preview before the first `up`. */
    key?: Buffer;
    /** Whether this `up` has to start HAProxy, to repair the front, or to take it over. */
    act: boolean;
    /** The stack that owns the front, where this stack only uses it (`front.use`). @default this stack */
    owner?: string;
    /** The stack that owns the front, where this `up` takes it over (`adoptFrom`). */
    adoptFrom?: string;
    /** Services that leave in this `up` and that not everybody may ask. @default none */
    leaving?: string[];
    /** @default a preview without Docker does not know it */
    generation?: GenerationPlan;
    /** The objects that exist. Where Pulumi's state lacks one, it is imported, not made again. */
    objects: FrontObjects;
}

/**
 * Plans the front. Its name, network, address and published ports are fixed at its creation.
 * @throws RunError that names the settings, where one of these has changed, or the first `up` cannot publish a port
 */
export async function planFront(
    engine: Engine,
    target: Target,
    { front: settings, services, registries }: Settings,
    world: World,
): Promise<FrontPlan> {
    const { anchor } = world;
    const objects = await findFrontObjects(engine, settings.name);
    const adoptFrom = claimFront(target, objects, world, services);
    const { network } = objects;
    await refuseChanges(engine, settings, world, network?.subnet);
    await refuseUnpublished(engine, settings, services, anchor);
    if (anchor === undefined) {
        const fronts = await findFronts(engine);
        refuseOtherName(settings.name, fronts, [stackName(target), ...services.map(({ policy }) => policy.adoptFrom)]);
        refuseLeaving(target, fronts);
        await refuseTakenPorts(engine, settings, services, fronts);
    }
    const generation = await planGeneration(engine, { front: settings, registries }, world);
    await refuseHttp3(engine, settings, world, generation);
    const { missing, leaving } = guardOf(world, target, services);
    const findings = frontFindings(world);
    for (const finding of findings) {
        pulumi.log.warn(`front: ${finding}. pulumi up repairs this.`);
    }
    const certificates = certificatePlan(settings.https, world.records.certificates ?? new Map(), Date.now());
    for (const sentence of certificates) {
        pulumi.log.info(`front: ${sentence}`);
    }
    const subnet = network?.subnet ?? settings.network.subnet ?? (await freeSubnet(engine, settings.name));
    return {
        layout: layout(subnet),
        key: world.records.key ?? (pulumi.runtime.isDryRun() ? undefined : randomBytes(32)),
        act:
            adoptFrom !== undefined ||
            anchor?.state !== "running" ||
            world.generations.length === 0 ||
            !isServed(world) ||
            generation.handOver !== undefined ||
            world.records.isUnsettled === true ||
            certificates.length > 0 ||
            findings.length > 0 ||
            missing ||
            leaving.length > 0,
        adoptFrom,
        leaving,
        generation,
        objects,
    };
}

/**
 * Compares who may ask with HAProxy's files. They lack the rules of a service that was destroyed alone, for instance. A service
 * that leaves keeps its rules until its routes are gone. Files of an earlier version do not say what the listeners were rendered
 * from, so that no service could ask them for something else.
 */
function guardOf({ files, records }: World, target: Target, services: Settings["services"]) {
    const own = ownServices(records, target);
    const guarded = Object.keys(accessIn(files ?? new Map()));
    const isUnguarded = services.some(({ name, access }) => access !== undefined && !guarded.includes(name));
    return {
        missing: files !== undefined && (isUnguarded || !areListenersKnown(files)),
        leaving: guarded.filter(name => own.includes(name) && services.every(service => service.name !== name)),
    };
}

/** @returns whether a generation serves, and no stand-in */
function isServed({ front }: World): boolean {
    const workers = currentWorkers(front);
    return workers.length > 0 && workers.every(({ generation }) => generation !== standIn);
}

async function refuseChanges(
    engine: Engine,
    settings: FrontSettings,
    world: World,
    subnet: string | undefined,
): Promise<void> {
    const { anchor } = world;
    const wanted = { ...fixedLabels(settings), "relink.front.network.subnet": settings.network.subnet ?? subnet };
    const fixed = Object.entries(wanted)
        .filter(([label]) => label !== tcpLabel)
        .map(([label, value]) => ({
            key: label.replace("relink.front.", ""),
            was: label === "relink.front.network.subnet" ? subnet : anchor && fixedLabel(anchor, label),
            wanted: value,
        }));
    const changed = fixed.filter(({ was, wanted }) => was !== undefined && was !== wanted);
    // The port of HTTPS follows the one of http, unless it is set: one problem is enough.
    const follows = settings.https?.port === undefined && changed.some(({ key }) => key === "http.port");
    const refused = changed.filter(({ key }) => !(follows && key === "https.port"));
    const problems = refused.map(
        ({ key, was, wanted }) =>
            ` - relink:front.${key}: has been ${was} since the front was created, and cannot become ${wanted}.\n` +
            `   pulumi config set --path 'relink:front.${key}' ${was}`,
    );
    const isPublished = refused.length > 0 && refused.every(({ key }) => key !== "network.subnet");
    refuse("The front cannot be changed like this", [
        ...problems,
        ...(isPublished ? [await recipeForPorts(engine, settings, changed)] : []),
    ]);
}

/** Refuses a TCP service at a port that the anchor does not publish. */
async function refuseUnpublished(
    engine: Engine,
    settings: FrontSettings,
    services: Settings["services"],
    anchor: ContainerInfo | undefined,
): Promise<void> {
    const problems = anchor === undefined ? [] : unpublishedPorts(anchor, services, settings.tcpPorts);
    if (problems.length > 0) {
        refuse("The front cannot get connections at a new port", [
            ...problems.map(problem => ` - ${problem}`),
            await recipeForPorts(engine, settings, [{ key: "tcp" }]),
        ]);
    }
}

/**
 * Refuses HTTP/3 where the anchor does not publish its port, or HAProxy cannot speak it. The first `up` and a hand-over see the
 * latter once they have the image.
 */
async function refuseHttp3(
    engine: Engine,
    settings: FrontSettings,
    { anchor, generations }: World,
    { handOver }: GenerationPlan,
): Promise<void> {
    if (!settings.https?.http3 || anchor === undefined) {
        return;
    }
    const isPublished = anchor.labels[http3Label.name] === http3Label.value;
    const runsNow = generations.filter(generation => staysOn(generation, anchor)).at(-1) ?? anchor;
    const isSpoken = handOver !== undefined || runsNow.state !== "running" || (await hasQuic(engine, runsNow.id));
    const problems = [...(isPublished ? [] : [withoutUdp]), ...(isSpoken ? [] : [withoutQuic(settings.image)])];
    refuse(
        "The front cannot speak HTTP/3",
        problems.map(problem => ` - ${problem}`),
    );
}

/** An anchor from before HTTPS has no label for its port, and publishes the usual one. */
function fixedLabel({ labels }: ContainerInfo, label: string): string | undefined {
    const usual = label === "relink.front.https.port" ? labels["relink.front.http.port"] : undefined;
    return labels[label] ?? (usual && String(Number(usual) + httpsPortOffset));
}

function refuse(what: string, problems: string[]): void {
    if (problems.length > 0) {
        throw new pulumi.RunError(`${what}; nothing was done.\n${problems.join("\n")}`);
    }
}

/** Refuses a new name for the front of this stack, or of the stack that it adopts. */
function refuseOtherName(name: string, fronts: OtherFront[], owners: (string | undefined)[]): void {
    const problems = fronts
        .filter(({ owner }) => owners.includes(owner))
        .map(
            front =>
                ` - relink:front.name: has been ${front.name} since the front of ${front.owner} was created, and cannot become ${name}.\n` +
                `   pulumi config set --path relink:front.name ${front.name}`,
        );
    refuse("The front cannot be changed like this", problems);
}

/** Refuses a front of its own to a stack whose services are on another stack's front: what runs there would be left behind. */
function refuseLeaving(target: Target, fronts: OtherFront[]): void {
    const problems = fronts
        .filter(({ users }) => users.includes(stackName(target)))
        .map(
            ({ name }) =>
                ` - relink:front.use: has been ${name} since this stack's services were released, and cannot be removed.\n` +
                `   pulumi config set --path relink:front.use ${name}; or remove everything of this stack first: pulumi destroy`,
        );
    refuse("The front cannot be changed like this", problems);
}

/** Refuses ports that are in use. The first `up` does this before it makes anything. */
async function refuseTakenPorts(
    engine: Engine,
    settings: FrontSettings,
    services: Settings["services"],
    fronts: OtherFront[],
): Promise<void> {
    const held = await Promise.all(
        // Docker says by itself that a UDP port is taken.
        tcpPorts(settings).map(async ({ key, internal, external: port, ip: address }) => ({
            what:
                internal === listenerPorts.https && key === "http.port"
                    ? `${port} (https, unless front.https.port is set)`
                    : `${port}`,
            key: key === "tcp" ? listenKey(services, port) : `front.${key}`,
            holder: await holderOf(engine, { port, address }),
        })),
    );
    const ownerOf = (holder: string | undefined): string => {
        const front = fronts.find(({ name }) => holder === `the container ${name}`);
        const hint = "if this is the same stack under another name, docs/state.md says what to do";
        return front === undefined ? "" : ` (the front of the stack ${front.owner}; ${hint})`;
    };
    const problems = held
        .filter(({ holder }) => holder !== undefined)
        .map(
            ({ what, key, holder }) =>
                ` - relink:${key}: port ${what} is held by ${holder}${ownerOf(holder)}. ` +
                `Stop that${key === "front.http.port" ? " (without a gap: docs/moving.md)" : ""}, or choose another one:\n` +
                `   pulumi config set --path relink:${key} PORT`,
        );
    refuse("The front cannot publish its ports", problems);
}
