import { editedFiles } from "../haproxy/manifest";
import { backendFile, backendName } from "../haproxy/names";
import { openSlots } from "../haproxy/openSlots";
import type { Color } from "../model/Color";
import { type ContainerInfo, runs, slotOf } from "../model/Container";
import type { ObservedColor, ObservedSlot } from "../model/ObservedService";
import type { ServiceRecord } from "../model/Record";
import { recordOf } from "../model/Records";
import type { RecordedRelease } from "../model/Release";
import { hasPolicy } from "../model/restartPolicy";
import { strangeness } from "../model/strangeness";
import { frontNames } from "../model/Target";
import { containersOf, currentWorkers, type World } from "../model/World";
import type { ColorView } from "./ColorView";
import { deviationsOf, endedOf } from "./deviations";
import { isReady } from "./isReady";

/** Reads one color of a service: its release by the record, its containers by Docker and HAProxy. */
export function observedColor(world: World, service: string, color: Color): ObservedColor {
    const record = recordOf(world.records, service);
    const { release: id, replicas, block } = record[color];
    const release = id === undefined ? undefined : record.releases[id];
    const containers = containersOf(world, service, color);
    const { intent } = record;
    const open = intent?.kind === "roll" && intent.color === color ? intent : undefined;
    // While a rolling release is open, the containers are of several releases.
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
        next: open && record.releases[open.to],
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
        // A container gets its restart policy once it is proved.
        proved: restart !== undefined && hasPolicy(container, restart),
    };
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

/** The edited files of each set of files. Every color asks, and finding them hashes all files. */
const edited = new WeakMap<ReadonlyMap<string, string>, string[]>();

function editedIn(files: ReadonlyMap<string, string>): string[] {
    const found = edited.get(files) ?? editedFiles(files);
    edited.set(files, found);
    return found;
}
