import { dirname, join, relative, resolve } from "node:path";
import type { ComposeReference } from "../settings/composeReference";
import { ComposeError, type ComposePlace, composeError, spellPath } from "./ComposeError";
import { Document } from "./Document";
import { fromOutside } from "./environmentSecrets";
import { readText, usualFileNear, whyUnread } from "./files";
import type { Lookup } from "./interpolate";
import type { Project } from "./Project";
import { readVariables } from "./variables";

/** The files that one `compose` of the stack config names, and all that is found in them. */
export class ComposeFiles {
    /** @default undefined (the files cannot be read) */
    project?: Project;
    /** Errors that concern all services. */
    readonly errors: ComposeError[] = [];
    /** Errors that concern one service, by its name in the files. */
    readonly errorsOf = new Map<string, ComposeError[]>();
    readonly warnings = new Set<string>();
    readonly documents: { path: string; document: Document }[] = [];
    /** Absolute paths of the env files. */
    readonly envFiles: string[];
    /** The folder of the first file: where its relative paths start. */
    readonly folder: string;
    #lookup: Lookup = () => undefined;
    /** Whether the value of a variable comes from outside of the files. */
    readonly isFromOutside = fromOutside(() => this.documents.map(({ document }) => document));

    /** @param root the folder where the config's relative paths start */
    constructor(
        private readonly reference: ComposeReference,
        private readonly root: string,
    ) {
        this.folder = dirname(this.firstFile);
        const usual = join(this.folder, ".env");
        const isUsual = reference.envFile.length === 0 && readText(usual) !== undefined;
        this.envFiles = isUsual ? [usual] : reference.envFile.map(path => resolve(root, path));
    }

    /** @returns a variable's value; the environment and the env files have it */
    get lookup(): Lookup {
        return this.#lookup;
    }

    /** Reads the Compose files, without their content. */
    readDocuments(): void {
        for (const [index, file] of this.reference.files.map(path => resolve(this.root, path)).entries()) {
            const text = readText(file);
            if (text === undefined) {
                this.failUnread("files", index, usualFileNear(file));
                continue;
            }
            try {
                this.documents.push({ path: file, document: Document.parse(text) });
            } catch (error) {
                this.fail(composeError(error).at({ file }));
            }
        }
    }

    /** @param onUnset is told of a variable that is not set, and of the env file that names it */
    readVariables(env: NodeJS.ProcessEnv, onUnset: (name: string, file?: string) => void): void {
        this.#lookup = readVariables(this.envFiles, env, {
            onUnset,
            onUnread: file => this.failUnread("envFile", this.envFiles.indexOf(file)),
            fail: error => this.fail(error),
        });
    }

    /** @param service the service that the error concerns; undefined where it concerns all */
    fail(error: ComposeError, service?: string): void {
        if (service === undefined) {
            this.errors.push(error);
        } else {
            this.errorsOf.set(service, [...(this.errorsOf.get(service) ?? []), error]);
        }
    }

    /** Warns that a variable is not set, in Compose's words. */
    warnOfUnset(name: string, file = this.firstFile): void {
        this.warnings.add(`${this.shown(file)}: The "${name}" variable is not set. Defaulting to a blank string.`);
    }

    /** Warns in Compose's own words, which name no file. */
    warn(warning: string): void {
        this.warnings.add(`${this.reference.files.join(", ")}: ${warning}`);
    }

    /** @returns the value of a secret that the files define; undefined where it cannot be read */
    readonly readSecret = ({ file, environment }: Record<string, unknown>): string | undefined => {
        if (typeof file === "string") {
            return readText(file);
        }
        return environment === undefined ? undefined : this.#lookup(`${environment}`);
    };

    /** @returns `compose.yaml:12: services.web.ports[0]`, for a message */
    place({ file, line, path = [] }: ComposePlace): string {
        if (path.length === 0) {
            const number = line === undefined ? "" : `:${line}`;
            return file === undefined ? this.reference.files.join(", ") : `${this.shown(file)}${number}`;
        }
        const where = file === undefined ? this.bestPlace(path) : `${this.shown(file)}${lineIn(file, path)}`;
        return `${where}: ${spellPath(path)}`;
    }

    /** Finds the file that has most of the path; of several the last one, because it overrides the others. */
    private bestPlace(path: NonNullable<ComposePlace["path"]>): string {
        const found = this.documents.map(({ path: file, document }) => ({
            file,
            document,
            depth: document.depthOf(path),
        }));
        const deepest = Math.max(...found.map(({ depth }) => depth));
        const best = found.filter(({ depth }) => depth === deepest).at(-1);
        return best === undefined
            ? this.shown(this.firstFile)
            : `${this.shown(best.file)}:${best.document.lineOf(path)}`;
    }

    private failUnread(key: "files" | "envFile", index: number, near?: string): void {
        const given = this.reference[key][index] ?? "";
        const hint = near === undefined ? "" : `; there is ${this.shown(near)}`;
        const message = `names ${given}, which ${whyUnread(resolve(this.root, given))}${hint}`;
        const value = near === undefined ? "FILE" : this.shown(near);
        this.fail(new ComposeError(message, {}, { key: [key, index], value }));
    }

    private get firstFile(): string {
        return resolve(this.root, this.reference.files[0] ?? "");
    }

    private shown(file: string): string {
        return relative(this.root, file) || file;
    }
}

/** @returns `:12`; nothing where the file cannot be read */
function lineIn(file: string, path: NonNullable<ComposePlace["path"]>): string {
    try {
        return `:${Document.parse(readText(file) ?? "").lineOf(path)}`;
    } catch {
        return "";
    }
}
