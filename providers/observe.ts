import { type ContainerInfo, listContainers } from "../docker/containers";
import type { Engine } from "../docker/Engine";
import { exec } from "../docker/exec";
import { backendName } from "../haproxy/names";
import { type FrontState, type Run, Runtime, type Worker } from "../haproxy/runtime";
import type { Live, ObservedColor, ObservedService } from "../release/Observed";
import type { Color } from "../settings/Settings";
import { type Records, readRecords, recordOf } from "./RecordStore";
import { frontNames, stackLabels, type Target } from "./Target";

/** Everything of one stack on its Docker host, read in one pass of parallel, read-only calls. */
export interface World {
    /** All containers with this stack's labels. */
    containers: ContainerInfo[];
    anchor?: ContainerInfo;
    /** Containers of HAProxy that run, oldest first. */
    generations: ContainerInfo[];
    records: Records;
    /** HAProxy's own view; undefined while no generation runs. */
    front?: FrontState;
}

/** Runs commands as root in the anchor, where the three volumes and all sockets are. */
export function runInAnchor(engine: Engine, front: string): Run {
    const { anchor } = frontNames(front);
    return (argv, stdin) => exec(engine, anchor, argv, { stdin, user: "0" });
}

/** How HAProxy is asked. */
export interface FrontView {
    observe(): Promise<FrontState | undefined>;
}

/** Reads the live system of a stack. */
export async function observe(engine: Engine, target: Target, runtime?: FrontView): Promise<World> {
    const names = frontNames(target.front);
    const containers = await listContainers(engine, stackLabels(target), names.network);
    const anchor = containers.find(({ name }) => name === names.anchor);
    const generations = containers
        .filter(({ labels, state }) => labels["relink.generation"] !== undefined && state === "running")
        .sort((a, b) => generationOf(a) - generationOf(b));
    if (anchor === undefined) {
        return { containers, generations, records: { services: new Map(), frontIncarnation: 0 } };
    }
    const running = anchor.state === "running" && generations.length > 0;
    const [records, front] = await Promise.all([
        readRecords(engine, anchor.id),
        running ? (runtime ?? new Runtime(runInAnchor(engine, target.front))).observe() : undefined,
    ]);
    return { containers, anchor, generations, records, front };
}

/** Number of a generation's container. */
export function generationOf(container: ContainerInfo): number {
    return Number(container.labels["relink.generation"]);
}

/** Workers that accept new connections: the ones whose link decides. */
export function currentWorkers(front: FrontState | undefined): Worker[] {
    return front?.workers.filter(({ old }) => !old) ?? [];
}

/** Containers of one color, by slot. */
export function containersOf(world: World, service: string, color: Color): ContainerInfo[] {
    return world.containers
        .filter(({ labels }) => labels["relink.service"] === service && labels["relink.color"] === color)
        .sort((a, b) => slotOf(a) - slotOf(b));
}

/** Slot of a container, counted from 1. */
export function slotOf(container: ContainerInfo): number {
    return Number(container.labels["relink.slot"]);
}

/** Docker is about to have it running, or has. */
export function runs(container: ContainerInfo): boolean {
    return container.state === "running" || container.state === "restarting";
}

/** One service, as the plan wants it. */
export function observedService(world: World, service: string): ObservedService {
    const record = recordOf(world.records, service);
    const live = liveLink(world, service) ?? record.link.live;
    return {
        name: service,
        live,
        confirmed: record.link.live,
        stable: record.stable,
        intent: record.intent,
        blue: observedColor(world, service, "blue"),
        green: observedColor(world, service, "green"),
        judgedBad: record.judgedBad,
        hosts: routedHosts(world, service),
        promotions: record.promotions,
        hookDeclared: record.hookDeclared,
    };
}

/** The link in HAProxy's memory, `none` where it has no such service; undefined while no worker runs. */
function liveLink(world: World, service: string): Live | undefined {
    const workers = currentWorkers(world.front);
    const link = workers.map(({ links }) => links.get(service)).find(link => link !== undefined);
    return workers.length === 0 ? undefined : (link?.live ?? "none");
}

/** The hosts that the record gives to the service and that HAProxy, while it runs, really routes to it. */
function routedHosts(world: World, service: string): string[] {
    const workers = currentWorkers(world.front);
    const { hosts } = recordOf(world.records, service);
    return hosts.filter(host => workers.every(({ routes }) => routes.get(host) === service));
}

function observedColor(world: World, service: string, color: Color): ObservedColor {
    const record = recordOf(world.records, service);
    const { release: id, replicas, block } = record[color];
    const release = id === undefined ? undefined : record.releases[id];
    const containers = containersOf(world, service, color);
    const own = containers.filter(({ labels }) => labels["relink.release"] === id);
    const running = own.filter(runs);
    return {
        release,
        replicas,
        running: running.length,
        ready: running.filter(container => isReady(world, service, color, container)).length,
        strays: containers.filter(container => !own.includes(container)).map(({ name }) => name),
        block,
    };
}

/** Healthy for Docker, where there is a check, and up for every worker that takes new connections. */
export function isReady(world: World, service: string, color: Color, container: ContainerInfo): boolean {
    if (container.state !== "running" || (container.health !== undefined && container.health !== "healthy")) {
        return false;
    }
    return currentWorkers(world.front).every(worker => {
        const server = worker.backends.get(backendName(service, color))?.servers.get(slotOf(container));
        return server?.up === true && server.admin === "ready";
    });
}

/**
 * A fingerprint of what a plan for this service was made from. A provider compares it before its first mutating call:
 * when it differs, somebody else was faster, and the plan no longer holds.
 */
export function fingerprint(world: World, service: string): string {
    const { live, confirmed, intent, blue, green } = observedService(world, service);
    const color = ({ release, replicas }: ObservedColor) => `${release?.id ?? "none"} x${replicas}`;
    const containers = (["blue", "green"] as const)
        .flatMap(color => containersOf(world, service, color))
        .map(({ id, state }) => `${id.slice(0, 12)} ${state}`);
    return [
        `link ${live}, confirmed ${confirmed}`,
        `blue ${color(blue)}, green ${color(green)}`,
        ...(intent === undefined ? [] : [`unfinished ${intent.kind}`]),
        ...containers,
    ].join("; ");
}
