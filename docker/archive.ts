import { posix } from "node:path";
import type { Readable } from "node:stream";
import { extract, type Header, pack } from "tar-stream";
import type { Engine } from "./Engine";
import { statusOf } from "./errors";

const maxSymlinks = 8;

/** One file or folder to write into a container. */
export interface ContainerFile {
    /** Absolute path in the container. Docker makes missing parent folders. */
    path: string;
    /** @default none: it is a folder */
    content?: Buffer | string;
    /** Permissions, for instance 0o400. @default 0o644 for a file, 0o755 for a folder */
    mode?: number;
    /** Owner. @default root */
    uid?: number;
    /** Group. @default root */
    gid?: number;
}

/**
 * Reads a file of a container, running or not. Follows symbolic links.
 * @returns the file's content; undefined where there is no such file
 * @throws ArchiveCut
 */
export async function readFile(engine: Engine, containerId: string, path: string): Promise<Buffer | undefined> {
    const entry = (await readEntries(engine, containerId, path)).find(({ header }) => header.type === "file");
    return entry?.content;
}

/**
 * Reads the regular files below a folder of a container, running or not. The folder may be a symbolic link. Links inside it
 * are left out.
 * @returns path relative to the folder -> content; nothing where there is no such folder
 * @throws ArchiveCut
 */
export async function readFolder(engine: Engine, containerId: string, path: string): Promise<Map<string, Buffer>> {
    const files = new Map<string, Buffer>();
    for (const { header, content } of await readEntries(engine, containerId, path)) {
        // Docker names the entries from the folder's own name on.
        const relative = header.name.replace(/^[^/]*\/?/, "");
        if (header.type === "file" && relative !== "") {
            files.set(relative, content);
        }
    }
    return files;
}

/**
 * Writes files into a container, running or not, in one call.
 * @param folder a folder that contains all of them. Where the container's file system is read-only, it must be a volume.
 */
export async function writeFiles(
    engine: Engine,
    containerId: string,
    files: ContainerFile[],
    folder = "/",
): Promise<void> {
    const archive = pack();
    for (const { path, content, mode, uid = 0, gid = 0 } of files) {
        const isFolder = content === undefined;
        archive.entry(
            {
                name: posix.relative(folder, path),
                type: isFolder ? "directory" : "file",
                mode: mode ?? (isFolder ? 0o755 : 0o644),
                uid,
                gid,
            },
            content ?? "",
        );
    }
    archive.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of archive) {
        chunks.push(chunk as Buffer);
    }
    await engine.docker.getContainer(containerId).putArchive(Buffer.concat(chunks), { path: folder });
}

/** Docker ended an archive in the middle, as it does where a file gets shorter while Docker reads it. */
export class ArchiveCut extends Error {}

interface Entry {
    header: Header;
    content: Buffer;
}

async function readEntries(engine: Engine, containerId: string, path: string): Promise<Entry[]> {
    let target = path;
    for (let hops = 0; hops <= maxSymlinks; hops++) {
        const entries = await readArchive(engine, containerId, target);
        const link =
            entries.length === 1 && entries[0]?.header.type === "symlink" ? entries[0].header.linkname : undefined;
        if (link === undefined || link === null) {
            return entries;
        }
        target = posix.resolve(posix.dirname(target), link);
    }
    throw new Error(`${path} in the container ${containerId} is a chain of more than ${maxSymlinks} symbolic links`);
}

async function readArchive(engine: Engine, containerId: string, path: string): Promise<Entry[]> {
    let archive: NodeJS.ReadableStream;
    try {
        archive = await engine.docker.getContainer(containerId).getArchive({ path });
    } catch (error) {
        if (statusOf(error) === 404 && !(await isMissing(engine, containerId))) {
            return [];
        }
        throw error;
    }
    const entries: Entry[] = [];
    const reader = extract();
    const source = archive as Readable;
    source.once("error", error => reader.destroy(error));
    try {
        for await (const entry of source.pipe(reader)) {
            const chunks: Buffer[] = [];
            for await (const chunk of entry) {
                chunks.push(chunk as Buffer);
            }
            entries.push({ header: entry.header, content: Buffer.concat(chunks) });
        }
    } catch (error) {
        const { message } = error as Error;
        throw message === "Unexpected end of data"
            ? new ArchiveCut(`${path} in the container ${containerId} could not be read whole`)
            : error;
    }
    return entries;
}

/** Tells a missing container from a missing path: Docker answers 404 for both. */
async function isMissing(engine: Engine, containerId: string): Promise<boolean> {
    try {
        await engine.docker.getContainer(containerId).inspect();
        return false;
    } catch (error) {
        return statusOf(error) === 404;
    }
}
