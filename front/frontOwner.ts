import * as pulumi from "@pulumi/pulumi";
import type { ContainerInfo } from "dockerode";
import type { Engine } from "../docker/Engine";
import { readRecords } from "../journal/RecordStore";
import { folders } from "../model/folders";
import { belongsTo, labelledOwner, stackName, usersOf } from "../model/ownership";
import type { ServiceSettings } from "../model/ServiceSettings";
import { frontNames, type Target } from "../model/Target";
import type { World } from "../model/World";
import type { FrontObjects } from "./frontObjects";

/** A front on the Docker host, of any stack. */
export interface OtherFront {
    name: string;
    /** The stack that owns it, `project/stack`. */
    owner: string;
    /** The stacks that use it beside its owner. */
    users: string[];
}

/**
 * Checks that a front's objects belong to this stack, or to a stack that it adopts. Docker returns an existing volume for a
 * name: without this check, two stacks whose fronts have the same name would share a record.
 * @returns the stack that the front is taken over from; undefined where the front is this stack's
 * @throws RunError that names the owner, where an object belongs to another stack
 */
export function claimFront(
    target: Target,
    { anchor, network, volumes }: FrontObjects,
    { owner, records }: World,
    services: ServiceSettings[],
): string | undefined {
    const self = stackName(target);
    const objects = [anchor, network, ...Object.values(volumes)].filter(object => object !== undefined);
    const holder = owner ?? objects.map(({ labels }) => labelledOwner(labels)).find(name => name && name !== self);
    if (holder !== undefined && holder !== self) {
        const others = services.filter(({ policy }) => policy.adoptFrom !== holder);
        if (others.length > 0) {
            throw new pulumi.RunError(
                `The front ${target.front} belongs to the stack ${holder}; nothing was done.\n` +
                    " - A front of this stack's own needs another name:\n" +
                    "   pulumi config set --path relink:front.name NAME\n" +
                    " - To serve this stack's services by that front (docs/several-stacks.md):\n" +
                    `   pulumi config set --path relink:front.use ${target.front}\n` +
                    " - If this is the same stack under another name (docs/state.md):\n" +
                    others
                        .map(({ name }) => `   pulumi config set --path relink:services.${name}.adoptFrom ${holder}`)
                        .join("\n"),
            );
        }
    }
    const owners = [self, holder, ...(records.owners ?? [])];
    const foreign = objects.filter(({ labels }) => !belongsTo(target.front, owners, labels));
    if (foreign.length > 0) {
        throw new pulumi.RunError(
            `The front ${target.front} cannot be made, because relink did not make ${foreign.map(({ words }) => words).join(", ")}; ` +
                "nothing was done. Choose another name:\n   pulumi config set --path relink:front.name NAME",
        );
    }
    return holder === self ? undefined : holder;
}

/**
 * @returns the fronts of a Docker host, of all stacks. One whose record cannot be read, because it is of a newer relink or goes
 * away just now, has no users here
 */
export async function findFronts(engine: Engine): Promise<OtherFront[]> {
    const anchors = await engine.docker.listContainers({ all: true, filters: { label: ["relink.role=anchor"] } });
    return Promise.all(
        anchors.filter(isAnchor).map(async ({ Id, Names, Labels }) => {
            const records = await readRecords(engine, Id).catch(() => undefined);
            const owner = records?.owners?.at(-1) ?? labelledOwner(Labels) ?? "nobody";
            const users = records === undefined ? [] : [...usersOf(records).keys()];
            return { name: nameOf(Names), owner, users };
        }),
    );
}

/**
 * Tells an anchor from a container that inherits an anchor's labels from its image. An anchor has its front's name, and mounts
 * that front's record.
 */
function isAnchor({ Names, Labels, Mounts }: ContainerInfo): boolean {
    const name = nameOf(Names);
    const { record } = frontNames(name).volumes;
    return (
        (Labels["relink.front"] ?? name) === name &&
        Mounts.some(({ Name, Destination }) => Name === record && Destination === folders.record)
    );
}

function nameOf(names: string[]): string {
    return names[0]?.slice(1) ?? "";
}
