import { readFolder } from "../docker/archive";
import { inspectContainers } from "../docker/containers";
import type { Engine } from "../docker/Engine";
import { statusOf } from "../docker/errors";
import { MasterSilent } from "../haproxy/FrontState";
import { backendName, currentFolder, standIn } from "../haproxy/names";
import { Runtime } from "../haproxy/runtime";
import { readRecords, readRecordsOf } from "../journal/RecordStore";
import type { FrontState } from "../model/FrontState";
import { belongsTo, labelledOwner, stackName } from "../model/ownership";
import type { Records } from "../model/Records";
import { frontNames, type Target } from "../model/Target";
import type { World } from "../model/World";
import { generationOf, isGeneration } from "./generations";
import { runInAnchor } from "./runInAnchor";

/** How to ask HAProxy and to read the records, either for some backends and services or for all. */
export interface WorldSources {
    front(backends?: readonly string[]): Promise<FrontState | undefined>;
    records(services?: readonly string[]): Promise<Records>;
}

/** One exec and one archive for each look: the choice for a process that looks once. */
function sourcesForOneLook(engine: Engine, front: string): WorldSources {
    const runtime = new Runtime(runInAnchor(engine, front));
    return {
        front: backends => runtime.observe(backends),
        records: () => readRecords(engine, frontNames(front).anchor),
    };
}

/**
 * Reads the live system of a stack.
 * @param services the services whose containers, backends and records are read. One service must not take longer because
 * there are many. @default all services
 */
export async function readWorld(
    engine: Engine,
    target: Target,
    sources: Partial<WorldSources> = {},
    services?: readonly string[],
): Promise<World> {
    const names = frontNames(target.front);
    const ask = { ...sourcesForOneLook(engine, target.front), ...sources };
    // Every step of an `up` looks, so HAProxy and Docker are asked at the same time. HAProxy's answer only counts when
    // Docker has the anchor running.
    const asked = ask.front(services?.flatMap(backendsOf)).catch(error => {
        throw withNextStep(error, target.front);
    });
    asked.catch(() => {});
    const [found, asAsked] = await Promise.all([
        engine.docker.listContainers({ all: true, filters: { label: ["relink.project"] } }),
        ask.records(services),
    ]);
    const anchorFound = found.find(({ Names }) => Names.includes(`/${names.anchor}`));
    const records = anchorFound === undefined ? await readRecordsOf(engine, target) : asAsked;
    const owners = [stackName(target), labelledOwner(anchorFound?.Labels ?? {}), ...(records.owners ?? [])];
    const isOurs = (labels: Record<string, string>) =>
        belongsTo(target.front, owners, labels) && isRead(labels, services);
    const [containers, front] = await Promise.all([
        inspectContainers(
            engine,
            found.filter(({ Labels }) => isOurs(Labels)),
            names.network,
        ),
        anchorFound?.State === "running" ? asked : undefined,
    ]);
    const anchor = containers.find(({ name }) => name === names.anchor);
    const generations = containers
        .filter(container => isGeneration(container, target.front) && container.state === "running")
        .sort((a, b) => generationOf(a) - generationOf(b));
    const owner = records.owners?.at(-1) ?? labelledOwner(anchor?.labels ?? {});
    return { containers, anchor, generations, records, front, owner };
}

/**
 * Reads the live system and what else somebody may have changed: HAProxy's files, and the containers of others that have
 * our names. A step in the middle of an `up` needs neither.
 */
export async function readWholeWorld(engine: Engine, target: Target): Promise<World> {
    const { anchor } = frontNames(target.front);
    const [world, files, all] = await Promise.all([
        readWorld(engine, target),
        readFolder(engine, anchor, currentFolder).catch(error => {
            if (statusOf(error) === 404) {
                return undefined; // there is no anchor
            }
            throw error;
        }),
        engine.docker.listContainers({ all: true }),
    ]);
    const ours = new Set(world.containers.map(({ id }) => id));
    return {
        ...world,
        files: files && new Map([...files].map(([path, content]) => [path, content.toString("utf8")])),
        foreignNames: new Set(
            all.filter(({ Id }) => !ours.has(Id)).flatMap(({ Names }) => Names.map(name => name.replace(/^\//, ""))),
        ),
    };
}

/** Waiting does not mend a master that hangs. relink does not stop it either, because its worker may still serve users. */
function withNextStep(error: unknown, front: string): unknown {
    if (!(error instanceof MasterSilent)) {
        return error;
    }
    const { generation, words } = error;
    const names = frontNames(front);
    const container = generation === standIn ? names.anchor : names.generation(Number(generation));
    return new Error(
        `HAProxy's master in the container ${container} does not answer: ${words}. Its worker may go on serving; nothing ` +
            "was changed. If it does not answer at the next try either, start it anew, and run the command again:\n" +
            `    docker logs --tail 50 ${container}    # what it said last\n` +
            `    docker restart ${container}`,
        { cause: error },
    );
}

/** A container that belongs to no service belongs to the front, and is always read. */
function isRead({ "relink.service": service }: Record<string, string>, services?: readonly string[]): boolean {
    return service === undefined || services === undefined || services.includes(service);
}

function backendsOf(service: string): string[] {
    return [backendName(service, "blue"), backendName(service, "green")];
}
