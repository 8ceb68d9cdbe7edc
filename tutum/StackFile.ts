import { basename, dirname } from "node:path";
import { isMap, parseDocument } from "yaml";
import { ComposeError, type ComposePath } from "../compose/ComposeError";
import { canonicalService } from "../compose/canonical";
import { Document } from "../compose/Document";
import { readText, whyUnread } from "../compose/files";
import { loadProject } from "../compose/loadProject";
import type { Project } from "../compose/Project";
import { type Fields, fieldsOf, isFields } from "../settings/fields";

/** A key of the stack: the service, then the key's path. */
export type StackPath = readonly [service: string, ...key: (string | number)[]];

/** The first format of a stack has its services at the top. In the later ones of Compose they are below `services`. */
type Format = "stack" | "compose";

/** The definition of a stack: Tutum's, Docker Cloud's, or a Compose file. */
export class StackFile {
    /** What cannot be read, by the service that it concerns; "" concerns all. */
    readonly errors = new Map<string, ComposeError[]>();
    /** Variables of the definition that are not set. */
    readonly unset = new Set<string>();
    /** Services that relink takes over, and HAProxy. */
    readonly leaves = new Set<string>();
    readonly project: Project;
    readonly #raw: Fields;

    private constructor(
        readonly path: string,
        private readonly document: Document,
        private readonly format: Format,
        private readonly env: NodeJS.ProcessEnv,
    ) {
        const read = { lookup: this.#lookup, onUnset: () => {}, fail: () => {} };
        this.#raw = fieldsOf(document.content(read).services);
        const names = Object.keys(this.#raw);
        this.project = loadProject([{ path, document }], names, {
            folder: dirname(path),
            lookup: this.#lookup,
            read: readText,
            fail: (error, service = "") => this.errors.set(service, [...(this.errors.get(service) ?? []), error]),
            onUnset: name => this.unset.add(name),
        });
        if (format === "stack") {
            this.#withoutNetworks();
        }
    }

    /** @throws ComposeError for a file that is not a stack */
    static read(path: string, env: NodeJS.ProcessEnv): StackFile {
        const text = readText(path);
        if (text === undefined) {
            throw new ComposeError(whyUnread(path));
        }
        const top = parseDocument(text, { merge: true, logLevel: "error" }).contents;
        if (!isMap(top) || top.has("services")) {
            return new StackFile(path, Document.parse(text), "compose", env);
        }
        // One level deeper the first format is the later one, and its keys mean the same.
        const lines = text.replace(/^---[ \t]*$/m, "").split("\n");
        const deeper = ["services:", ...lines.map(line => `  ${line}`)].join("\n");
        return new StackFile(path, Document.parse(deeper), "stack", env);
    }

    /** @returns the file's name, for messages */
    get name(): string {
        return basename(this.path);
    }

    /** @returns a variable of the environment */
    readonly #lookup = (name: string): string | undefined => this.env[name];

    /** In the first format containers were linked, and a volume needed no declaration. */
    #withoutNetworks(): void {
        for (const service of Object.values(this.project.services)) {
            delete service.networks;
            for (const { type, source } of itemsWith(service.volumes)) {
                if (type === "volume" && typeof source === "string") {
                    this.project.volumes[source] = { name: source, external: true, isCustom: false };
                }
            }
        }
    }

    /** @returns names of all services */
    get services(): string[] {
        return Object.keys(this.project.services);
    }

    /** @returns a service in the long form of Compose's keys */
    service(name: string): Fields {
        return this.project.services[name] ?? {};
    }

    /** @returns a service's variables. One that the file names without a value, and that is not set, is undefined */
    variables(name: string): Record<string, string | undefined> {
        const { environment } = fieldsOf(this.#raw[name]);
        const written = canonicalService({ environment }, [], "/", () => {}).environment;
        const unset = Object.entries(fieldsOf(written)).filter(([, value]) => value === null);
        const values = fieldsOf(this.service(name).environment) as Record<string, string>;
        return { ...Object.fromEntries(unset.map(([variable]) => [variable, undefined])), ...values };
    }

    /** Whether the file spells out a variable's value, without any variable in it. */
    isWritten(name: string, variable: string): boolean {
        const { services } = this.document.content({ lookup: () => undefined, onUnset: () => {}, fail: () => {} });
        const { environment } = fieldsOf(fieldsOf(services)[name]);
        const written = fieldsOf(canonicalService({ environment }, [], "/", () => {}).environment)[variable];
        return written === this.variables(name)[variable];
    }

    /** @returns `tutum.yml:12: haproxy.environment.TIMEOUT` */
    place([service, ...key]: StackPath): string {
        const path: ComposePath = ["services", service, ...this.#inFile(service, key)];
        const line = this.document.lineOf(path) - (this.format === "stack" ? 1 : 0);
        const spelled = [service, ...key].map(part => (typeof part === "number" ? `[${part}]` : `.${part}`)).join("");
        return `${this.name}:${line}: ${spelled.slice(1)}`;
    }

    /** Variables may be a list, `- NAME=VALUE`. */
    #inFile(service: string, [first, variable, ...more]: ComposePath): ComposePath {
        const written = fieldsOf(this.#raw[service])[String(first)];
        if ((first !== "environment" && first !== "labels") || !Array.isArray(written)) {
            return first === undefined ? [] : [first, ...(variable === undefined ? [] : [variable]), ...more];
        }
        const index = written.findIndex(item => String(item).split("=")[0] === variable);
        return [first, ...(index < 0 ? [] : [index])];
    }
}

function itemsWith(value: unknown): Fields[] {
    return Array.isArray(value) ? value.filter(isFields) : [];
}
