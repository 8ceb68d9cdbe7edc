import * as pulumi from "@pulumi/pulumi";
import type { ContainerInfo } from "dockerode";
import type { Engine } from "../docker/Engine";
import { readRecords } from "../journal/RecordStore";
import { folders } from "../model/folders";
import { belongsTo, labelledOwner, stackName } from "../model/ownership";
import type { ServiceSettings } from "../model/ServiceSettings";
import { frontNames, type Target } from "../model/Target";
import type { World } from "../model/World";
import type { FrontObjects } from "./frontObjects";

/** A front on the Docker host, of any stack. */
export interface OtherFront {
    name: string;
    /** `project/stack` */
    owner: string;
}

/**
 * Docker gives whoever asks for a volume by name the one that is there: without this, two stacks whose fronts have the
 * same name would share a record. What this stack has made is its own, and what it says that it adopts.
 * @returns the stack that the front is taken over from, if any
 * @throws where something belongs to another stack, with its name
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
                    " - If this stack is that one under another name (docs/state.md):\n" +
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
            `The front ${target.front} cannot be made, since somebody else has ${foreign.map(({ words }) => words).join(", ")}; ` +
                "nothing was done. Choose another name:\n   pulumi config set --path relink:front.name NAME",
        );
    }
    return holder === self ? undefined : holder;
}

/** The fronts of a Docker host, whoever they belong to. */
export async function findFronts(engine: Engine): Promise<OtherFront[]> {
    const anchors = await engine.docker.listContainers({ all: true, filters: { label: ["relink.role=anchor"] } });
    return Promise.all(
        anchors.filter(isAnchor).map(async ({ Id, Names, Labels }) => {
            const { owners } = await readRecords(engine, Id);
            return { name: nameOf(Names), owner: owners?.at(-1) ?? labelledOwner(Labels) ?? "nobody" };
        }),
    );
}

/**
 * An image has labels too, and a container inherits them. An anchor has the name of its front, and mounts that front's
 * record. A file in the same place of any other container is not a record.
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
