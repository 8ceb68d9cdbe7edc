import { ArchiveCut, readFolder } from "../docker/archive";
import type { Engine } from "../docker/Engine";
import { statusOf } from "../docker/errors";
import { keepFile } from "./keepFile";
import { type Lease, type LeaseFile, parseLease } from "./Lease";
import { parseOwners } from "./ownership";
import { emptyRecord, parseRecord, prune, RecordUnreadable, type ServiceRecord } from "./Record";
import { folders } from "./Target";

/** All records of a front, and the random key of its release ids. */
export interface Records {
    services: Map<string, ServiceRecord>;
    key?: Buffer;
    /** Counts the creations of the front's configuration: the deletion of an older one does nothing (rule 11). */
    frontIncarnation: number;
    /** Stacks that the front has belonged to, the present one last; none before it was written down. */
    owners?: string[];
    /** Who is at work on the front. */
    lease?: LeaseFile;
}

/** How often the records are read again when the first read did not get them whole. */
const rereads = 5;

/**
 * Reads all records by archive GET, which works on a stopped anchor too; without an anchor there are none.
 *
 * Docker takes a file's length and its content at two moments. One that is replaced in between, by another service's link or
 * another `up`, comes cut off, or ends the whole archive: then they are read again.
 */
export async function readRecords(engine: Engine, anchor: string): Promise<Records> {
    for (let read = 1; ; read++) {
        try {
            return await readOnce(engine, anchor);
        } catch (error) {
            const isTorn = error instanceof RecordUnreadable || error instanceof ArchiveCut;
            if (!isTorn || read > rereads) {
                throw error;
            }
            await new Promise(resolve => setTimeout(resolve, read * 20));
        }
    }
}

async function readOnce(engine: Engine, anchor: string): Promise<Records> {
    const files = await readFolder(engine, anchor, folders.record).catch(error => {
        if (statusOf(error) === 404) {
            return new Map<string, Buffer>();
        }
        throw error;
    });
    const services = new Map<string, ServiceRecord>();
    for (const [path, content] of files) {
        const name = /(?:^|\/)services\/([a-z][a-z0-9-]*)\.json$/.exec(path)?.[1];
        if (name !== undefined) {
            services.set(name, parseRecord(content.toString("utf8"), path));
        }
    }
    const text = (name: string) => files.get(name)?.toString("utf8").trim();
    const key = text("key");
    return {
        services,
        key: key ? Buffer.from(key, "hex") : undefined,
        frontIncarnation: Number(text("front-incarnation") ?? 0),
        owners: parseOwners(text("owner")),
        lease: parseLease(text("lease")),
    };
}

/** Writes the record of one service: whole file, under the lease, by rename. */
export async function writeRecord(lease: Lease, record: ServiceRecord): Promise<ServiceRecord> {
    const next = { ...prune(record), serial: record.serial + 1 };
    await lease.guarded(replaceFileScript, [`services/${record.service}.json`], `${JSON.stringify(next, null, 1)}\n`);
    return next;
}

/** Notes that the front's configuration has been created once more. */
export async function writeFrontIncarnation(lease: Lease, incarnation: number): Promise<void> {
    await lease.guarded(replaceFileScript, ["front-incarnation"], `${incarnation}\n`);
}

/** Forgets a service. */
export async function removeRecord(lease: Lease, service: string): Promise<void> {
    await lease.guarded('rm -f "$1" && sync services', [`services/${service}.json`]);
}

/** Writes the stack's random key, unless there is one. @throws when there is another one. */
export async function ensureKey(lease: Lease, key: Buffer): Promise<void> {
    const present = await lease.guarded(
        `${keepFile}[ -s key ] || keep key || exit 1\ncat key`,
        [],
        `${key.toString("hex")}\n`,
    );
    if (present.trim() !== key.toString("hex")) {
        throw new Error("the front has got another stack key meanwhile: run pulumi up again");
    }
}

/** What a service's record says, or an empty one. */
export function recordOf(records: Records, service: string): ServiceRecord {
    return records.services.get(service) ?? emptyRecord(service);
}

const replaceFileScript = `${keepFile}
mkdir -p services
keep "$1"
`;
