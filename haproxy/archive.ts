import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { extract, pack } from "tar-stream";

/** Packs files as a tar. They belong to root, and all users can read them, because HAProxy runs as uid 99. */
export function packFiles(files: ReadonlyMap<string, string>): Promise<Buffer> {
    const archive = pack();
    const folders = new Set([...files.keys()].map(path => path.slice(0, Math.max(0, path.lastIndexOf("/")))));
    for (const name of [...folders].filter(name => name !== "").sort()) {
        archive.entry({ name: `${name}/`, type: "directory", mode: 0o755, uid: 0, gid: 0 });
    }
    for (const [name, text] of files) {
        archive.entry({ name, mode: 0o644, uid: 0, gid: 0 }, text);
    }
    archive.finalize();
    return buffer(archive);
}

/** @returns the regular files of a tar, path without a leading `./` -> text */
export async function unpackFiles(tar: Buffer): Promise<Map<string, string>> {
    const files = new Map<string, string>();
    const archive = extract();
    Readable.from([tar]).pipe(archive);
    for await (const entry of archive) {
        const { name, type } = entry.header;
        const content = await buffer(entry);
        if (type === "file") {
            files.set(name.replace(/^\.\//, ""), content.toString("utf8"));
        }
    }
    return files;
}
