import { packFiles, unpackFiles } from "../haproxy/archive";
import { readFolderScript } from "../haproxy/cli";
import { isAsWritten, manifestFile, writeManifest } from "../haproxy/manifest";
import { checked, currentFolder } from "../haproxy/names";
import type { Run, RunResult } from "../haproxy/Run";
import { folders } from "../model/folders";
import { ConfigRejected, parseCheck } from "./check";
import { contentHash, stampHash } from "./configuration";
import { discardScript, swapScript, writeScript } from "./folderScripts";

export { type ConfigProblem, ConfigRejected } from "./check";

/**
 * A change of HAProxy's files, path inside the folder -> text. It may run twice.
 * @param files the files before, which it may change in place
 * @returns the files after
 */
export type Change = (files: Map<string, string>) => Map<string, string>;

/** The result of a change. */
export interface Applied {
    /** Number of the version in force after it. */
    version: number;
    /** Whether there is a new version; false where the change changed nothing. */
    changed: boolean;
    /** Whether the change needs a reload. A reload of an earlier change may be due too: see `hash`. */
    reloadNeeded: boolean;
    /** Hash of the version in force. A worker with another `configHash` needs a reload. */
    hash: string;
    /** The files of that version. */
    files: ReadonlyMap<string, string>;
    /** Takes back the change, except for files that have changed again since. */
    undo: Change;
}

interface Job {
    change: Change;
    done(applied: Applied): void;
    failed(error: unknown): void;
}

interface InForce {
    version: number;
    newest: number;
    files: Map<string, string>;
    manifest?: string;
}

/** How many versions are kept, with the one in force. */
const keptVersions = 3;

/**
 * HAProxy's files: whole versions in a volume, and a symbolic link to the one in force. A version is complete and
 * accepted by `haproxy -c` before the link moves to it, in one rename.
 */
export class ConfigFolder {
    #waiting: Job[] = [];
    #working = false;

    constructor(
        /** Runs a program where the volume is mounted and writable. */
        private readonly run: Run,
        /** Runs `haproxy -c` in the container whose HAProxy would load the files. */
        private readonly check: Run,
    ) {}

    /** @returns the files in force, by one read-only exec; none before the first version */
    async read(): Promise<Map<string, string>> {
        return (await this.#inForce()).files;
    }

    /**
     * Changes the configuration in force. Changes that come while another one is written share one check and one version. If
     * HAProxy refuses them together, each one is tried alone.
     * @throws ConfigRejected, or the error of `change`. The files in force are then as they were.
     */
    apply(change: Change): Promise<Applied> {
        return new Promise((done, failed) => {
            this.#waiting.push({ change, done, failed });
            void this.#work();
        });
    }

    async #work(): Promise<void> {
        if (this.#working) {
            return;
        }
        this.#working = true;
        while (this.#waiting.length > 0) {
            const jobs = this.#waiting;
            this.#waiting = [];
            await this.#together(jobs);
        }
        this.#working = false;
    }

    /** Does not throw: each job gets its own result or error. */
    async #together(jobs: Job[]): Promise<void> {
        const accepted: Job[] = [];
        try {
            const before = await this.#inForce();
            let files = before.files;
            for (const job of jobs) {
                try {
                    files = changed(files, job.change);
                    accepted.push(job);
                } catch (error) {
                    job.failed(error);
                }
            }
            const applied = await this.#replace(before, new Map(files));
            for (const job of accepted) {
                job.done(applied);
            }
        } catch (error) {
            if (error instanceof ConfigRejected && accepted.length > 1) {
                for (const job of accepted) {
                    await this.#together([job]);
                }
                return;
            }
            for (const job of accepted.length > 0 ? accepted : jobs) {
                job.failed(error);
            }
        }
    }

    async #replace(before: InForce, files: Map<string, string>): Promise<Applied> {
        const hash = stampHash(files);
        if (before.version > 0 && isSame(before.files, files)) {
            return { version: before.version, changed: false, reloadNeeded: false, hash, files, undo: now => now };
        }
        const version = before.newest + 1;
        const manifest = writeManifest(files, before.files, before.manifest);
        const staged = new Map([...files].filter(([path, text]) => before.files.get(path) !== text));
        staged.set(manifestFile, manifest);
        const removed = [...before.files.keys()].filter(path => !files.has(path));
        // Where only entries of maps change, HAProxy has accepted the rest before, unless somebody has edited it since. The
        // entries are checked when they are written.
        const isAccepted =
            isAsWritten(before.files, before.manifest) && isSame(withoutEntries(before.files), withoutEntries(files));
        if (!isAccepted) {
            // The check must read the new maps, so it gets copies of the files that name this version's own folder.
            for (const [path, text] of files) {
                if (path.startsWith("conf/")) {
                    const own = `${folders.config}/versions/${version}/`;
                    staged.set(`check/${path}`, text.replaceAll(`${currentFolder}/`, own));
                }
            }
        }
        const from = target(before.version);
        const replaced = [...staged.keys(), ...removed];
        const write = ["sh", "-c", writeScript, "relink", String(version), from, ...replaced];
        await this.#mustRun(write, await packFiles(staged));
        if (!isAccepted) {
            await this.#mustPass(version, files);
        }
        await this.#mustRun(["sh", "-c", swapScript, "relink", String(version), from, String(keptVersions)]);
        const reloadNeeded = contentHash(before.files) !== hash;
        return { version, changed: true, reloadNeeded, hash, files, undo: undoOf(before.files, files) };
    }

    /**
     * Checks a version, and removes it where HAProxy refuses it.
     * @throws ConfigRejected
     */
    async #mustPass(version: number, files: ReadonlyMap<string, string>): Promise<void> {
        const verdict = await this.check(["haproxy", "-c", "-f", `${folders.config}/versions/${version}/check/conf`]);
        if (verdict.exitCode !== 0) {
            await this.#mustRun(["sh", "-c", discardScript, "relink", String(version)]);
            throw new ConfigRejected(parseCheck(`${verdict.stderr}\n${verdict.stdout}`, files));
        }
    }

    async #inForce(): Promise<InForce> {
        const { stdout } = await this.#mustRun(["sh", "-c", readFolderScript]);
        const [list, rest] = split(stdout, /^current (.*)\n/m);
        const versions = list.split("\n").filter(name => /^\d+$/.test(name));
        const version = Number(/^versions\/(\d+)$/.exec(rest.mark)?.[1] ?? 0);
        const files = await unpackFiles(Buffer.from(rest.text, "base64"));
        const manifest = files.get(manifestFile);
        files.delete(manifestFile);
        return { version, newest: Math.max(version, 0, ...versions.map(Number)), files, manifest };
    }

    async #mustRun(argv: string[], stdin?: Buffer): Promise<RunResult> {
        const result = await this.run(argv, stdin);
        if (result.exitCode !== 0) {
            throw new Error(
                `HAProxy's folder ${folders.config} could not be read or written (exit code ${result.exitCode}): ${result.stderr.trim()}`,
            );
        }
        return result;
    }
}

function target(version: number): string {
    return version === 0 ? "" : `versions/${version}`;
}

function changed(files: ReadonlyMap<string, string>, change: Change): Map<string, string> {
    const after = change(new Map(files));
    for (const [path, text] of after) {
        checked("file", path);
        if (typeof text !== "string" || text.includes("\0")) {
            throw new Error(`${path} of HAProxy's folder is not text.`);
        }
    }
    return new Map(after);
}

function undoOf(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Change {
    return now => {
        for (const path of new Set([...before.keys(), ...after.keys()])) {
            const was = before.get(path);
            if (was === after.get(path) || now.get(path) !== after.get(path)) {
                continue;
            }
            if (was === undefined) {
                now.delete(path);
            } else {
                now.set(path, was);
            }
        }
        return now;
    };
}

function isSame(one: ReadonlyMap<string, string>, two: ReadonlyMap<string, string>): boolean {
    return one.size === two.size && [...one].every(([path, text]) => two.get(path) === text);
}

/** @returns the files, with the maps empty */
function withoutEntries(files: ReadonlyMap<string, string>): Map<string, string> {
    return new Map([...files].map(([path, text]) => [path, path.startsWith("maps/") ? "" : text]));
}

/** @returns the text before the first line that matches, the match's first group, and the text after that line */
function split(text: string, line: RegExp): [before: string, rest: { mark: string; text: string }] {
    const match = line.exec(text);
    if (match === null) {
        throw new Error(`HAProxy's folder answered: ${text.slice(0, 200)}`);
    }
    return [text.slice(0, match.index), { mark: match[1]!, text: text.slice(match.index + match[0].length) }];
}
