import { dockerPolicy, hasPolicy } from "../docker/restartPolicy";
import { type AddressBlock, slotAddress } from "../model/addresses";
import type { ContainerInfo } from "../model/Container";
import { runs, slotOf } from "../model/Container";
import type { Deviation } from "../model/Deviation";
import type { Worker } from "../model/FrontState";
import type { RecordedRelease } from "../model/Release";
import { strangeness } from "../model/strangeness";

/** One color, as far as somebody else may have changed it. */
export interface ColorView {
    /** Name of its backend. */
    backend: string;
    /** Its release, its number of containers and its addresses, all from the record. */
    release: RecordedRelease;
    replicas: number;
    /** The slots of its containers. @default the first ones */
    slots?: number[];
    block?: AddressBlock;
    /** All containers with its labels. */
    containers: ContainerInfo[];
    /** Workers of HAProxy that take new connections; none while HAProxy does not run. */
    workers: Worker[];
    /** HAProxy's newest container. */
    generation?: string;
    /** Name that a slot's container has. */
    nameOf(slot: number): string;
    /** Slots that HAProxy's file opens to traffic; undefined where nobody looked. */
    openInFile?: ReadonlySet<number>;
    /** Somebody edited the color's file of HAProxy's configuration. */
    isFileEdited: boolean;
    /** Names of containers on the Docker host that are not this stack's. */
    foreignNames: ReadonlySet<string>;
}

/**
 * What of a color is not as relink left it. Slots count only where fewer containers than recorded are sound: what runs
 * beyond that number an interrupted scaling left, and the plan puts it right.
 * @param known the releases that its containers may be of: more than one in the middle of a rolling release.
 */
export function deviationsOf(view: ColorView, known = [view.release]): Deviation[] {
    const { containers, release, block, replicas } = view;
    if (known.length > 1) {
        // In the middle of a rolling release only strangers are nobody's doing; the rest is put right by going on.
        return containers
            .filter(container => known.every(release => strangeness(container, release, block) !== undefined))
            .map(container => added(container, view));
    }
    const first = Array.from({ length: replicas }, (_, index) => index + 1);
    // A record that somebody edited may count more containers than it has slots for.
    const slots = view.slots === undefined || view.slots.length < replicas ? first : view.slots;
    const own = containers.filter(container => strangeness(container, release, block) === undefined);
    const faults = new Map(own.map(container => [container, faultOf(view, container)]));
    const sound = own.filter(container => faults.get(container) === undefined).length;
    const found: Deviation[] = [];
    const explained = new Set<ContainerInfo>();
    for (const slot of sound < replicas ? slots : []) {
        const mine = own.filter(container => slotOf(container) === slot);
        const stray = containers.find(container => slotOf(container) === slot && !own.includes(container));
        if (mine.some(container => faults.get(container) === undefined)) {
            continue;
        }
        const fault = mine[0] && faults.get(mine[0]);
        if (fault !== undefined) {
            found.push(fault);
        } else if (stray !== undefined) {
            explained.add(stray);
            found.push({ what: `${stray.name} is not relink's: ${strangeness(stray, release, block)}` });
        } else {
            found.push(removed(view, slot));
        }
    }
    for (const stray of containers.filter(container => !own.includes(container) && !explained.has(container))) {
        found.push(added(stray, view));
    }
    return [...found.filter(deviation => deviation !== ended), ...changesInHaproxy(view)];
}

function added(stray: ContainerInfo, { release, block }: ColorView): Deviation {
    return {
        what: `${stray.name} was added: ${strangeness(stray, release, block)}`,
        fix: `docker rm -f ${stray.name}`,
    };
}

/** How many containers ended by themselves: Docker starts every other one again unless somebody stopped it. */
export function endedOf(containers: ContainerInfo[], release: RecordedRelease, block?: AddressBlock): number {
    return containers.filter(
        container => strangeness(container, release, block) === undefined && hasEnded(container, release),
    ).length;
}

function hasEnded(container: ContainerInfo, { settings }: RecordedRelease): boolean {
    return container.state === "exited" && (settings.restart === "no" || settings.restart === "on-failure");
}

/** In the place of a deviation: not sound, but by nobody's hand. */
const ended: Deviation = { what: "ended by itself" };

/** What keeps a container of the release from serving as relink left it. */
function faultOf(view: ColorView, container: ContainerInfo): Deviation | undefined {
    const { name } = container;
    const { restart } = view.release.settings;
    if (hasEnded(container, view.release)) {
        return ended;
    }
    if (!runs(container)) {
        const isPaused = container.state === "paused";
        const start = `docker ${isPaused ? "unpause" : "start"} ${name}`;
        // One that relink itself stopped, because it could not be proved, does not serve by being started.
        const serves = inHaproxy(view, container) === undefined && hasPolicy(container, restart);
        return {
            what: `${name} ${isPaused ? "is paused" : `is stopped (${container.status})`}`,
            fix: serves ? start : undefined,
        };
    }
    const closed = inHaproxy(view, container);
    if (closed !== undefined) {
        const isOpenInFile = view.openInFile?.has(slotOf(container)) === true && !view.isFileEdited;
        return { what: `${name} ${closed}`, fix: isOpenInFile ? readFilesAgain(view.generation) : undefined };
    }
    if (view.release.settings.port !== undefined && view.openInFile?.has(slotOf(container)) === false) {
        // An interrupted repair leaves it so.
        return { what: `${name} would get no requests once HAProxy reads its files again, which have its slot closed` };
    }
    if (!hasPolicy(container, restart)) {
        const policy = dockerPolicy(restart);
        return {
            what: `${name} has the restart policy ${container.restartPolicy}, not ${policy}`,
            fix: `docker update --restart ${policy} ${name}`,
        };
    }
    return undefined;
}

/** Why HAProxy sends a container no requests although nobody told relink. */
function inHaproxy({ workers, backend, block, release }: ColorView, container: ContainerInfo): string | undefined {
    const slot = slotOf(container);
    // No request goes to a service without a port.
    for (const worker of release.settings.port === undefined ? [] : workers) {
        const server = worker.backends.get(backend)?.servers.get(slot);
        if (server === undefined) {
            return `is not known to HAProxy, which has no slot ${slot} of ${backend}`;
        }
        if (server.admin !== "ready") {
            return `gets no requests: HAProxy has its slot in ${server.admin}`;
        }
        const { port } = release.settings;
        if (block !== undefined && (server.address !== slotAddress(block, slot) || server.port !== port)) {
            return `gets no requests: HAProxy looks for it at ${server.address}:${server.port}`;
        }
    }
    return undefined;
}

function removed({ nameOf, foreignNames }: ColorView, slot: number): Deviation {
    const name = nameOf(slot);
    return foreignNames.has(name)
        ? { what: `${name} was removed, and somebody else's container has its name: first docker rm -f ${name}` }
        : { what: `${name} was removed` };
}

function changesInHaproxy({ workers, backend, release, isFileEdited }: ColorView): Deviation[] {
    const loaded = workers.filter(({ backends }) => backends.has(backend));
    const other = loaded.find(({ releases }) => releases.get(backend) !== release.id);
    return [
        ...(isFileEdited ? [{ what: `HAProxy's file of ${backend} was edited` }] : []),
        ...(other !== undefined && release.proved
            ? [{ what: `HAProxy's map says that ${backend} runs release ${other.releases.get(backend) ?? "none"}` }]
            : []),
    ];
}

/** HAProxy's files hold what relink wrote, its memory what somebody made of it. */
export function readFilesAgain(generation: string | undefined): string | undefined {
    return generation === undefined ? undefined : `docker kill --signal USR2 ${generation}`;
}
