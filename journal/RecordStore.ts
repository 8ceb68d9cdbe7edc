import { ArchiveCut, readFolder } from "../docker/archive";
import type { Engine } from "../docker/Engine";
import { statusOf } from "../docker/errors";
import { readVolume } from "../docker/volumes";
import { unpackFiles } from "../haproxy/archive";
import type { Run } from "../haproxy/Run";
import type { ContainerInfo } from "../model/Container";
import { folders } from "../model/folders";
import { parseOwners } from "../model/ownership";
import { parseRecord, prune, RecordUnreadable, type ServiceRecord } from "../model/Record";
import { parseCertificates } from "../model/RecordedCertificate";
import type { Records } from "../model/Records";
import { frontNames, stackLabels, type Target } from "../model/Target";
import { retry } from "../time/retry";
import { keepFile } from "./keepFile";
import type { Lease } from "./Lease";
import { parseLease } from "./parseLease";

/** How often the records are read at most, where a file changes while it is read. */
const tries = 6;

const readerRole = "reader";

/** The files of the record's folder, path in it -> text. */
type RecordFiles = ReadonlyMap<string, string>;

/** A file changed while it was read. */
class Torn extends Error {}

/**
 * Reads all records as an archive, which works on a stopped anchor too.
 * @returns the records; none where there is no anchor
 */
export function readRecords(engine: Engine, anchor: string): Promise<Records> {
    return untilWhole(() => archived(engine, anchor));
}

/**
 * Reads all records from their volume, for a front whose anchor was removed. Nothing writes to the volume then. Without the
 * records, the next `up` would take the stack for a new one with another key.
 */
export async function readRecordsOf(engine: Engine, target: Target): Promise<Records> {
    const labels = { ...stackLabels(target), "relink.front": target.front, "relink.role": readerRole };
    return recordsOf(asText(await readVolume(engine, frontNames(target.front).volumes.record, labels)));
}

/** @returns whether a container was left by a killed {@link readRecordsOf}. It keeps the volume from being removed. */
export function isReader({ state, labels }: ContainerInfo): boolean {
    return state === "created" && labels["relink.role"] === readerRole && !labels["relink.service"];
}

/**
 * Reads records by a command in the running anchor. Through an open shell this takes a few milliseconds. An archive takes some
 * 50 ms, because Docker starts a process for it (measured with Docker 20.10).
 * @param services the only services to read. @default all of them
 * @throws ContainerNotRunning
 */
export function askRecords(anchor: Run, services?: readonly string[]): Promise<Records> {
    return untilWhole(() => packed(anchor, services));
}

/**
 * Reads the records again where a file was replaced meanwhile, by another service's link or another `up`. Docker reads a file's
 * length and its content at two moments. A file that is replaced in between is cut off, or ends the whole archive.
 */
function untilWhole(read: () => Promise<RecordFiles>): Promise<Records> {
    return retry(async () => recordsOf(await read()), { isTransient: isTorn, firstMs: 20, longestMs: 100, tries });
}

function isTorn(error: unknown): boolean {
    return error instanceof RecordUnreadable || error instanceof ArchiveCut || error instanceof Torn;
}

async function archived(engine: Engine, anchor: string): Promise<RecordFiles> {
    const files = await readFolder(engine, anchor, folders.record).catch(error => {
        if (statusOf(error) === 404) {
            return new Map<string, Buffer>();
        }
        throw error;
    });
    return asText(files);
}

function asText(files: ReadonlyMap<string, Buffer>): RecordFiles {
    return new Map([...files].map(([path, content]) => [path, content.toString("utf8")]));
}

async function packed(anchor: Run, services: readonly string[] | undefined): Promise<RecordFiles> {
    const paths = services?.map(service => `services/${service}.json`) ?? ["services"];
    const { stdout, stderr, exitCode } = await anchor(["sh", "-c", packScript, "relink", folders.record, ...paths]);
    if (exitCode !== 0) {
        throw new Torn(`the records in the front's volume could not be read: ${stderr.trim() || stdout.trim()}`);
    }
    return stdout === "" ? new Map() : unpackFiles(Buffer.from(stdout, "utf8"));
}

function recordsOf(files: RecordFiles): Records {
    const services = new Map<string, ServiceRecord>();
    for (const [path, content] of files) {
        const name = /(?:^|\/)services\/([a-z][a-z0-9-]*)\.json$/.exec(path)?.[1];
        if (name !== undefined) {
            services.set(name, parseRecord(content, path));
        }
    }
    const text = (name: string) => files.get(name)?.trim();
    const key = text("key");
    return {
        services,
        key: key ? Buffer.from(key, "hex") : undefined,
        frontIncarnation: Number(text("front-incarnation") ?? 0),
        owners: parseOwners(text("owner")),
        isUnsettled: files.has("unsettled"),
        certificates: parseCertificates(files).certificates,
        lease: parseLease(text("lease")),
    };
}

/**
 * Writes a service's record as a whole file, by rename, if this process has the lease.
 * @returns the record as written, with its next serial number and without releases that are no longer kept
 * @throws LeaseLost
 */
export async function writeRecord(lease: Lease, record: ServiceRecord): Promise<ServiceRecord> {
    const next = { ...prune(record), serial: record.serial + 1 };
    await lease.guarded(replaceFileScript, [`services/${record.service}.json`], `${JSON.stringify(next, null, 1)}\n`);
    return next;
}

/** Removes a service's record. @throws LeaseLost */
export async function removeRecord(lease: Lease, service: string): Promise<void> {
    await lease.guarded('rm -f "$1" && sync services', [`services/${service}.json`]);
}

const replaceFileScript = `${keepFile}
mkdir -p services
keep "$1"
`;

// Uses what is built into the shell, because each process costs time.
const packScript = `
cd "$1" || exit 1
shift
set -- key front-incarnation owner unsettled lease "$@"
for path; do
    shift
    [ ! -e "$path" ] || set -- "$@" "$path"
done
[ $# -eq 0 ] || exec tar -cf - "$@"
`;
