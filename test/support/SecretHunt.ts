import { randomBytes } from "node:crypto";
import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Larger files are programs and images. */
const largestFile = 20_000_000;
/** Time between two looks at all processes, milliseconds. */
const lookMs = 50;

/**
 * Looks for secrets in all places where they may have come. A secret is made of awkward letters around *marks*: words
 * of letters and digits, which programs write in no other way but Base64. So it is found in any spelling, and also in
 * pieces.
 */
export class SecretHunt {
    readonly #needles = new Map<string, string>();

    /** A new mark of the secret with this name. */
    mark(name: string): string {
        const text = `${name}${randomBytes(6).toString("hex")}`;
        this.add(name, text);
        return text;
    }

    /** Looks for a word of a secret that another program made. It has letters and digits alone. */
    add(name: string, text: string): void {
        this.addBytes(name, Buffer.from(text));
        this.#needles.set(text, name);
    }

    /** Looks for bytes of a secret that is not text. */
    addBytes(name: string, bytes: Buffer): void {
        for (const before of [0, 1, 2]) {
            const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
            const core = text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
            this.#needles.set(core, name);
            this.#needles.set(core.replaceAll("+", "-").replaceAll("/", "_"), name);
        }
    }

    /** @returns names of the secrets of which a text has a part */
    in(text: Buffer | string): string[] {
        // Byte for byte: a mark has no other letters.
        const bytes = typeof text === "string" ? text : text.toString("latin1");
        const found = [...this.#needles].filter(([needle]) => bytes.includes(needle)).map(([, name]) => name);
        return [...new Set(found)].sort();
    }

    /** @returns the places that have a part of a secret */
    inAll(places: Iterable<[string, Buffer | string]>): string[] {
        return [...places].flatMap(([place, text]) => this.in(text).map(name => `${name} in ${place}`));
    }

    /** @returns files below a folder that have a part of a secret. Files from before `since` are left out. */
    below(folder: string, since = new Date(0)): string[] {
        return filesBelow(folder).flatMap(path => {
            try {
                const { size, mtime } = statSync(path);
                const isLookedAt = size <= largestFile && mtime >= since;
                return isLookedAt ? this.in(readFileSync(path)).map(name => `${name} in ${path}`) : [];
            } catch {
                return []; // It is gone.
            }
        });
    }
}

function filesBelow(folder: string): string[] {
    let entries: Dirent[];
    try {
        entries = readdirSync(folder, { withFileTypes: true });
    } catch {
        return [];
    }
    return entries.flatMap(entry => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : [];
    });
}

/** Looks at the arguments and the environment of every process of this machine, again and again. */
export class ProcessWatch {
    /** What was found: `SECRET in the arguments of PROGRAM`, `SECRET in VARIABLE of PROGRAM`. */
    readonly found = new Set<string>();
    /** Command lines of the processes that were looked at. */
    readonly seen = new Set<string>();
    readonly #timer: NodeJS.Timeout;
    /**
     * The arguments of each process at the last look. Where they differ, it is another program with another
     * environment.
     */
    readonly #known = new Map<string, string>();

    constructor(private readonly hunt: SecretHunt) {
        this.#timer = setInterval(() => this.look(), lookMs);
    }

    look(): void {
        for (const pid of readdirSync("/proc").filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)) {
            const line = contentOf(`/proc/${pid}/cmdline`);
            if (this.#known.get(pid) === line) {
                continue;
            }
            this.#known.set(pid, line);
            const words = line.split("\0");
            this.seen.add(words.join(" ").trim());
            const program = words.slice(0, 5).join(" ").slice(0, 400);
            for (const name of this.hunt.in(words.join(" "))) {
                this.found.add(`${name} in the arguments of ${program}`);
            }
            const environment = contentOf(`/proc/${pid}/environ`);
            for (const variable of this.hunt.in(environment).length > 0 ? environment.split("\0") : []) {
                for (const name of this.hunt.in(variable)) {
                    this.found.add(`${name} in ${variable.split("=")[0]} of ${program}`);
                }
            }
        }
    }

    end(): void {
        clearInterval(this.#timer);
    }
}

function contentOf(path: string): string {
    try {
        return readFileSync(path, "latin1");
    } catch {
        return ""; // It has ended.
    }
}
