import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { Engine } from "../docker/Engine";
import { freeSubnet } from "../docker/networks";
import { holderOf } from "../docker/ports";
import { LISTENER_PORTS } from "../haproxy/frontends";
import { STAND_IN } from "../haproxy/names";
import { frontFindings } from "../providers/frontFindings";
import { currentWorkers, type World } from "../providers/observe";
import { stackLabels, type Target } from "../providers/Target";
import { layout, type SubnetLayout } from "../release/addresses";
import type { FrontSettings } from "../settings/Settings";
import { httpsPortOffset } from "../settings/stackChecks";
import { type FrontObject, type FrontObjects, findFrontObjects } from "./frontObjects";
import { fixedLabels, publishedPorts } from "./HaproxyFront";

/** The front as it will be after this `up`. */
export interface FrontPlan {
    layout: SubnetLayout;
    /** The stack's random key; unknown in a preview before the first `up`. */
    key?: Buffer;
    /** Whether HAProxy has to be started, or something of the front put right. */
    act: boolean;
    /** What is there already. Where Pulumi's state has lost it, it is imported, never made a second time. */
    objects: FrontObjects;
}

/**
 * Plans the front. Its name, network, address and published ports are fixed at creation, and so is its image for now:
 * @throws one error that names the setting, when one of them changed.
 */
export async function planFront(
    engine: Engine,
    target: Target,
    settings: FrontSettings,
    world: World,
): Promise<FrontPlan> {
    const { anchor } = world;
    const objects = await findFrontObjects(engine, settings.name);
    refuseTakenNames(settings.name, objects, target);
    const { network } = objects;
    refuseChanges(settings, world, network?.subnet);
    if (anchor === undefined) {
        await refuseTakenPorts(engine, settings);
    }
    const findings = frontFindings(world);
    for (const finding of findings) {
        pulumi.log.warn(`front: ${finding}. This is put right by pulumi up.`);
    }
    const subnet = network?.subnet ?? settings.network.subnet ?? (await freeSubnet(engine, settings.name));
    return {
        layout: layout(subnet),
        key: world.records.key ?? (pulumi.runtime.isDryRun() ? undefined : randomBytes(32)),
        act: anchor?.state !== "running" || world.generations.length === 0 || !isServed(world) || findings.length > 0,
        objects,
    };
}

/** A generation can be talked to, and nobody has to stand in for it. */
function isServed({ front }: World): boolean {
    const workers = currentWorkers(front);
    return workers.length > 0 && workers.every(({ generation }) => generation !== STAND_IN);
}

function refuseChanges(settings: FrontSettings, world: World, subnet: string | undefined): void {
    const { anchor } = world;
    const other = world.containers.find(
        ({ labels }) => labels["relink.role"] === "anchor" && labels["relink.front"] !== settings.name,
    );
    const wanted = { ...fixedLabels(settings), "relink.front.network.subnet": settings.network.subnet ?? subnet };
    const fixed = Object.entries(wanted).map(([label, value]) => ({
        key: label.replace("relink.front.", ""),
        was: label === "relink.front.network.subnet" ? subnet : anchor?.labels[label],
        wanted: value,
    }));
    fixed.push({ key: "name", was: other?.labels["relink.front"], wanted: settings.name });
    const problems = fixed
        .filter(({ was, wanted }) => was !== undefined && was !== wanted)
        .map(
            ({ key, was, wanted }) =>
                ` - relink:front.${key}: is ${was} since the front was created, and cannot become ${wanted}.\n` +
                `   pulumi config set --path 'relink:front.${key}' ${was}`,
        );
    if (problems.length > 0) {
        throw new pulumi.RunError(`The front cannot be changed like this; nothing was done.\n${problems.join("\n")}`);
    }
}

/**
 * Docker gives whoever asks for a volume by name the one that is there: without this, two stacks whose fronts have the
 * same name would share a record. What an earlier `up` of this stack has made is its own.
 */
function refuseTakenNames(front: string, { anchor, network, volumes }: FrontObjects, target: Target): void {
    const ours = Object.entries(stackLabels(target));
    const foreign = [anchor, network, ...Object.values(volumes)]
        .filter((object): object is FrontObject => object !== undefined)
        .filter(({ labels }) => ours.some(([label, value]) => labels[label] !== value));
    if (foreign.length > 0) {
        throw new pulumi.RunError(
            `The front ${front} cannot be made, since somebody else has ${foreign.map(({ words }) => words).join(", ")}; ` +
                "nothing was done. Choose another name:\n   pulumi config set --path relink:front.name NAME",
        );
    }
}

/** The first `up` finds out before it makes anything whether it can publish its ports. */
async function refuseTakenPorts(engine: Engine, settings: FrontSettings): Promise<void> {
    const held = await Promise.all(
        publishedPorts(settings).map(async ({ key, internal, external: port, ip: address }) => ({
            what:
                internal === LISTENER_PORTS.https
                    ? `${port} (https, always http.port + ${httpsPortOffset})`
                    : `${port}`,
            key,
            holder: await holderOf(engine, { port, address }),
        })),
    );
    const problems = held
        .filter(({ holder }) => holder !== undefined)
        .map(
            ({ what, key, holder }) =>
                ` - relink:front.${key}: port ${what} is held by ${holder}. Stop that, or choose another one:\n` +
                `   pulumi config set --path relink:front.${key} PORT`,
        );
    if (problems.length > 0) {
        throw new pulumi.RunError(`The front cannot publish its ports; nothing was done.\n${problems.join("\n")}`);
    }
}
