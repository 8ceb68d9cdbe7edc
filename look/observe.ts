import { readFolder } from "../docker/archive";
import { inspectContainers } from "../docker/containers";
import type { Engine } from "../docker/Engine";
import { statusOf } from "../docker/errors";
import { exec } from "../docker/exec";
import { hasPolicy } from "../docker/restartPolicy";
import { linksOf } from "../haproxy/FrontState";
import { editedFiles } from "../haproxy/manifest";
import { readMap } from "../haproxy/maps";
import { backendFile, backendName, CURRENT_FOLDER, mapFile, STAND_IN } from "../haproxy/names";
import { openSlots } from "../haproxy/openSlots";
import { parseRoutes } from "../haproxy/routes";
import { MasterSilent, type Run, Runtime } from "../haproxy/runtime";
import { readRecords, readRecordsOf } from "../journal/RecordStore";
import type { Color } from "../model/Color";
import type { ContainerInfo } from "../model/Container";
import { runs, slotOf } from "../model/Container";
import type { FrontState } from "../model/FrontState";
import type { ObservedColor, ObservedService, ObservedSlot } from "../model/ObservedService";
import { belongsTo, labelledOwner, stackName } from "../model/ownership";
import type { ServiceRecord } from "../model/Record";
import { type Records, recordOf } from "../model/Records";
import type { RecordedRelease } from "../model/Release";
import { type Route, routeText } from "../model/Route";
import { strangeness } from "../model/strangeness";
import { frontNames, type Target } from "../model/Target";
import { containersOf, currentWorkers, type World } from "../model/World";
import { type ColorView, deviationsOf, endedOf } from "./deviations";
import { generationOf, isGeneration } from "./generations";

/** Runs commands as root in the anchor, where the three volumes and all sockets are. */
export function runInAnchor(engine: Engine, front: string): Run {
    const { anchor } = frontNames(front);
    return (argv, stdin) => exec(engine, anchor, argv, { stdin, user: "0" });
}

/** How HAProxy and the record are asked; each for what concerns some only, or for all. */
export interface FrontView {
    front(backends?: readonly string[]): Promise<FrontState | undefined>;
    records(services?: readonly string[]): Promise<Records>;
}

/** By an exec and an archive for each look: for who looks once. */
function viewOnce(engine: Engine, front: string): FrontView {
    const runtime = new Runtime(runInAnchor(engine, front));
    return {
        front: backends => runtime.observe(backends),
        records: () => readRecords(engine, frontNames(front).anchor),
    };
}

/**
 * Reads the live system of a stack.
 * @param services the only ones whose containers, backends and records are looked at: what concerns one service must not
 * take longer because there are many. @default all of them
 */
export async function observe(
    engine: Engine,
    target: Target,
    view: Partial<FrontView> = {},
    services?: readonly string[],
): Promise<World> {
    const names = frontNames(target.front);
    // Asked at the same time as Docker, since every step of an `up` looks; it counts only where Docker has the anchor running.
    const ask = { ...viewOnce(engine, target.front), ...view };
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
    const [containers, front] = await Promise.all([
        inspectContainers(
            engine,
            found.filter(({ Labels }) => belongsTo(target.front, owners, Labels) && isLookedAt(Labels, services)),
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

/** A master that hangs is nothing that waiting mends, and relink does not stop on its own what may still serve users. */
function withNextStep(error: unknown, front: string): unknown {
    if (!(error instanceof MasterSilent)) {
        return error;
    }
    const { generation, words } = error;
    const names = frontNames(front);
    const container = generation === STAND_IN ? names.anchor : names.generation(Number(generation));
    return new Error(
        `HAProxy's master in the container ${container} does not answer: ${words}. Its worker may go on serving; nothing ` +
            "was changed. If it does not answer at the next try either, start it anew, and run the command again:\n" +
            `    docker logs --tail 50 ${container}    # what it said last\n` +
            `    docker restart ${container}`,
        { cause: error },
    );
}

/** What is of no service is the front's. */
function isLookedAt({ "relink.service": service }: Record<string, string>, services?: readonly string[]): boolean {
    return service === undefined || services === undefined || services.includes(service);
}

function backendsOf(service: string): string[] {
    return [backendName(service, "blue"), backendName(service, "green")];
}

/**
 * The same, and what somebody may have changed that no `up` in its middle has to look at: HAProxy's files, and who else has
 * our containers' names.
 */
export async function observeEverything(engine: Engine, target: Target): Promise<World> {
    const { anchor } = frontNames(target.front);
    const [world, files, all] = await Promise.all([
        observe(engine, target),
        readFolder(engine, anchor, CURRENT_FOLDER).catch(error => {
            if (statusOf(error) === 404) {
                return undefined; // without an anchor nobody can look
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

/** What was made of a world so far: who plans many services asks for each of them, and for all of their routes, again. */
const understood = new WeakMap<World, Map<string, ObservedService>>();

/** One service, as the plan wants it. */
export function observedService(world: World, service: string): ObservedService {
    const known = understood.get(world) ?? new Map<string, ObservedService>();
    understood.set(world, known);
    const found = known.get(service) ?? understand(world, service);
    known.set(service, found);
    return found;
}

function understand(world: World, service: string): ObservedService {
    const record = recordOf(world.records, service);
    return {
        name: service,
        ...linkOf(world, service),
        confirmed: record.link.live,
        generation: world.generations.at(-1)?.name,
        stable: record.stable,
        intent: record.intent,
        blue: observedColor(world, service, "blue"),
        green: observedColor(world, service, "green"),
        judgedBad: record.judgedBad,
        routes: routesTo(world, service),
        promotions: record.promotions,
        hooks: record.hooks,
    };
}

/**
 * The link in HAProxy's memory, `none` where it has no such service; while no worker runs, the record's. Where workers
 * differ, the one that nobody confirmed.
 */
function linkOf(
    world: World,
    service: string,
): Pick<ObservedService, "live" | "percent" | "confirmedPercent" | "sticky" | "written" | "writtenPercent"> {
    const record = recordOf(world.records, service);
    const { live: confirmed, percent: confirmedPercent = 0, sticky } = record.link;
    if (isWorker(record)) {
        return { live: confirmed, percent: 0 };
    }
    const links = currentWorkers(world.front).map(({ links }) => links.get(service));
    const lives = links.map(link => link?.live ?? "none");
    const percents = links.map(link => link?.percent ?? 0);
    const percent = percents.find(percent => percent !== confirmedPercent) ?? confirmedPercent;
    const written = world.files && linksOf(readMap(world.files, "link")).get(service);
    return {
        live: lives.find(live => live !== confirmed) ?? confirmed,
        percent,
        // Where nobody has a share there is nothing more to be said of it.
        ...(percent > 0 || confirmedPercent > 0 ? { confirmedPercent, sticky } : {}),
        written: world.files && (written?.live ?? "none"),
        ...(written !== undefined && written.percent > 0 ? { writtenPercent: written.percent } : {}),
    };
}

/** A service without a port has no link in HAProxy: the record alone says which color is its own. */
export function isWorker({ link, releases, ...record }: ServiceRecord): boolean {
    const release = link.live === "none" ? undefined : releases[record[link.live].release ?? ""];
    return release !== undefined && release.settings.port === undefined;
}

/**
 * The routes that lead to the service in every worker's memory, those that it was given first. Where no worker runs, those in
 * HAProxy's file, which it takes at its next start: one that the service has left to another is still there. Where nobody
 * looked at the file, the record's.
 */
function routesTo(world: World, service: string): Route[] {
    const recorded = recordOf(world.records, service).routes;
    const maps = currentWorkers(world.front).map(({ routes }) => routes);
    if (maps.length === 0 && world.files?.has(mapFile("routes"))) {
        maps.push(readMap(world.files, "routes"));
    }
    const [first, ...others] = maps.map(routes => {
        const mine = parseRoutes(routes).filter(found => found.service === service);
        return new Map(mine.map(({ route }) => [routeText(route), route]));
    });
    if (first === undefined) {
        return recorded;
    }
    const places = recorded.map(routeText);
    return [...first]
        .filter(([text]) => others.every(routes => routes.has(text)))
        .sort(([one], [two]) => rank(places, one) - rank(places, two) || (one < two ? -1 : 1))
        .map(([, route]) => route);
}

function rank(places: string[], text: string): number {
    const place = places.indexOf(text);
    return place < 0 ? places.length : place;
}

function observedColor(world: World, service: string, color: Color): ObservedColor {
    const record = recordOf(world.records, service);
    const { release: id, replicas, block } = record[color];
    const release = id === undefined ? undefined : record.releases[id];
    const containers = containersOf(world, service, color);
    const { intent } = record;
    const open = intent?.kind === "roll" && intent.color === color ? intent : undefined;
    // While a rolling release is open, its containers are of more releases than one.
    const ids = [id, ...(open === undefined ? [] : [...open.from, open.to])];
    const known = ids.map(id => record.releases[id ?? ""]).filter(release => release !== undefined);
    const own = containers.filter(container =>
        known.some(release => strangeness(container, release, block) === undefined),
    );
    const running = own.filter(runs);
    return {
        release,
        replicas,
        running: running.length,
        ready: running.filter(container => isReady(world, service, color, container)).length,
        strays: containers.filter(container => !own.includes(container)).map(({ name }) => name),
        ended: release === undefined ? 0 : endedOf(containers, release, block),
        deviations: release === undefined ? [] : deviationsOf(viewOf(world, service, color, release), known),
        block,
        slots: own.map(container => observedSlot(world, record, color, container)),
        ...(open === undefined ? {} : { next: record.releases[open.to] }),
    };
}

function observedSlot(world: World, record: ServiceRecord, color: Color, container: ContainerInfo): ObservedSlot {
    const release = container.labels["relink.release"] ?? "";
    const restart = record.releases[release]?.settings.restart;
    return {
        slot: slotOf(container),
        release,
        runs: runs(container),
        unhealthy: container.health === "unhealthy",
        ready: isReady(world, record.service, color, container),
        // It gets its restart policy once it is proved.
        proved: restart !== undefined && hasPolicy(container, restart),
    };
}

/** Which files were edited, by the files: each color has one of its own, and the hashes are those of all of them. */
const edited = new WeakMap<ReadonlyMap<string, string>, string[]>();

function editedIn(files: ReadonlyMap<string, string>): string[] {
    const found = edited.get(files) ?? editedFiles(files);
    edited.set(files, found);
    return found;
}

function viewOf(world: World, service: string, color: Color, release: RecordedRelease): ColorView {
    const { anchor, files, foreignNames = new Set(), generations } = world;
    const { replicas, block, slots } = recordOf(world.records, service)[color];
    const file = backendFile(service, color);
    const text = files?.get(file);
    return {
        backend: backendName(service, color),
        release,
        replicas,
        slots,
        block,
        containers: containersOf(world, service, color),
        workers: currentWorkers(world.front),
        generation: generations.at(-1)?.name,
        nameOf: slot => frontNames(anchor?.name ?? "").container(service, color, slot),
        openInFile: text === undefined ? undefined : openSlots(text),
        isFileEdited: files !== undefined && editedIn(files).includes(file),
        foreignNames,
    };
}

/** Healthy for Docker, where there is a check, and up for every worker that takes new connections. */
export function isReady(world: World, service: string, color: Color, container: ContainerInfo): boolean {
    if (container.state !== "running" || (container.health !== undefined && container.health !== "healthy")) {
        return false;
    }
    const release = recordOf(world.records, service).releases[container.labels["relink.release"] ?? ""];
    if (release !== undefined && release.settings.port === undefined) {
        return true;
    }
    return currentWorkers(world.front).every(worker => {
        const server = worker.backends.get(backendName(service, color))?.servers.get(slotOf(container));
        return server?.up === true && server.admin === "ready" && server.address === container.address;
    });
}

/**
 * A fingerprint of what a plan for this service was made from. A provider compares it before its first mutating call:
 * when it differs, somebody else was faster, and the plan no longer holds.
 */
export function fingerprint(world: World, service: string): string {
    const { live, percent, confirmed, intent, blue, green } = observedService(world, service);
    const color = ({ release, replicas }: ObservedColor) => `${release?.id ?? "none"} x${replicas}`;
    const containers = (["blue", "green"] as const)
        .flatMap(color => containersOf(world, service, color))
        // Whether it runs, not how: a container that crashes again and again is restarting at one look and running at the next.
        .map(container => `${container.id.slice(0, 12)} ${runs(container) ? "runs" : "does not run"}`);
    // An open switch is settled first, wherever it has left the link: a HAProxy that starts meanwhile reads it from its file.
    const isMoving = intent?.kind === "switch" && (live === intent.from || live === intent.to);
    const link = `${live}${percent > 0 ? ` (${percent} % elsewhere)` : ""}`;
    return [
        `link ${isMoving ? `${intent.from} or ${intent.to}` : link}, confirmed ${confirmed}`,
        `blue ${color(blue)}, green ${color(green)}`,
        ...(intent === undefined
            ? []
            : [`unfinished ${intent.kind}${intent.kind === "roll" ? ` to ${intent.to}` : ""}`]),
        ...containers,
    ].join("; ");
}
