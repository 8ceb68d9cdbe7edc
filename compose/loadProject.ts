import { basename, dirname, resolve } from "node:path";
import { type Fields, fieldsOf, isFields } from "../settings/fields";
import { canonicalService, type Fail } from "./canonical";
import { Document, UnreadableYaml } from "./Document";
import { EnvironmentFileError, parseEnvironmentFile } from "./environmentFile";
import { whyUnread } from "./files";
import type { Lookup } from "./interpolate";
import { mergeServices } from "./merge";
import { named, type Project, withDefaultNetwork } from "./Project";
import { ComposeError, type ComposePath, listOf, needsCompose } from "./values";

/** What the files of a project are read with. */
export interface Reader {
    /** Where relative paths start: the folder of the first file. */
    folder: string;
    /** Variables: the environment, then the env files. */
    lookup: Lookup;
    /** Content of a file; undefined where there is none. */
    read: (path: string) => string | undefined;
    /** @param service one of those that are wanted; undefined where it is the matter of all of them */
    fail: (error: ComposeError, service?: string) => void;
    /** Hears of variables that are not set and have no default, and of the file where that is no Compose file. */
    onUnset: (name: string, file?: string) => void;
}

/** Reads a project from its files without Docker Compose. What only that can do is told to `fail`. */
export function loadProject(files: { path: string; document: Document }[], wanted: string[], reader: Reader): Project {
    const contents = files.map(({ path, document }) => {
        const file = loaded(path, reader.folder, document, reader);
        for (const error of file.errors.filter(({ path: [section] }) => section !== "services")) {
            reader.fail(error);
        }
        if (file.content.include !== undefined) {
            reader.fail(new ComposeError(["include"], needsCompose));
        }
        return file;
    });
    const name = contents
        .map(({ content }) => content.name)
        .filter(found => typeof found === "string")
        .at(-1);
    const project = reader.lookup("COMPOSE_PROJECT_NAME") ?? normalName(String(name ?? basename(reader.folder)));
    const services: Record<string, Fields> = {};
    for (const { content } of contents) {
        for (const [key, service] of Object.entries(fieldsOf(content.services))) {
            // Of the others only the networks count.
            const { networks, network_mode } = fieldsOf(service);
            services[key] = mergeServices(
                services[key] ?? {},
                canonicalService({ networks, network_mode }, ["services", key], reader.folder, () => {}),
            );
        }
    }
    for (const key of wanted.filter(key => services[key] !== undefined)) {
        const itsReader = { ...reader, fail: (error: ComposeError): void => reader.fail(error, key) };
        const parts = contents
            .filter(({ content }) => fieldsOf(content.services)[key] !== undefined)
            .map(file => extended(file, key, itsReader, []));
        services[key] = withEnvironment(parts.reduce(mergeServices, {}), ["services", key], itsReader);
    }
    const section = (key: string): Fields =>
        contents.map(({ content }) => fieldsOf(content[key])).reduce(mergeServices, {});
    return {
        name: project,
        services: Object.fromEntries(
            Object.entries(services).map(([key, service]) => [key, withDefaultNetwork(service)]),
        ),
        networks: named(project, { default: null, ...section("networks") }),
        volumes: named(project, section("volumes")),
        secrets: Object.fromEntries(
            Object.entries(section("secrets")).map(([key, secret]) => {
                const fields = fieldsOf(secret);
                const { file } = fields;
                return [key, typeof file === "string" ? { ...fields, file: resolve(reader.folder, file) } : fields];
            }),
        ),
    };
}

interface LoadedFile {
    path: string;
    folder: string;
    content: Fields;
    /** What in it cannot be read; of its services only those count that are taken over. */
    errors: ComposeError[];
}

function loaded(path: string, folder: string, document: Document, { lookup, onUnset }: Reader): LoadedFile {
    const errors: ComposeError[] = [];
    const content = document.content(
        lookup,
        name => onUnset(name),
        error => errors.push(error),
    );
    return { path, folder, content, errors };
}

/** A service of a file, over the one that it extends. */
function extended(file: LoadedFile, name: string, reader: Reader, seen: string[]): Fields {
    const at: ComposePath = ["services", name];
    const fail: Fail = error =>
        reader.fail(seen.length === 0 ? error : new ComposeError(error.path, error.message, error.fix, file.path));
    for (const error of file.errors.filter(({ path: [section, key] }) => section === "services" && key === name)) {
        fail(error);
    }
    const written = fieldsOf(file.content.services)[name];
    if (!isFields(written)) {
        fail(new ComposeError(at, "must be a map, with image and so on"));
    }
    const { extends: base, ...own } = fieldsOf(written);
    const service = canonicalService(own, at, file.folder, fail);
    if (base === undefined || base === null) {
        return service;
    }
    const { file: otherPath, service: baseName } = isFields(base) ? base : { file: undefined, service: base };
    const other = typeof otherPath === "string" ? loadFile(resolve(file.folder, otherPath), at, reader, fail) : file;
    const key = `${other?.path} ${String(baseName)}`;
    if (other === undefined) {
        return service;
    }
    if (fieldsOf(other.content.services)[String(baseName)] === undefined) {
        fail(new ComposeError([...at, "extends"], `extends the service ${String(baseName)}, which does not exist`));
        return service;
    }
    if (seen.includes(key)) {
        fail(new ComposeError([...at, "extends"], "extends itself"));
        return service;
    }
    return mergeServices(extended(other, String(baseName), reader, [...seen, key]), service);
}

function loadFile(path: string, at: ComposePath, reader: Reader, fail: Fail): LoadedFile | undefined {
    const text = reader.read(path);
    const says = (what: string): undefined =>
        void fail(new ComposeError([...at, "extends"], `extends a service of ${path}, ${what}`));
    if (text === undefined) {
        return says(`which ${whyUnread(path)}`);
    }
    try {
        return loaded(path, dirname(path), Document.parse(text), reader);
    } catch (error) {
        if (!(error instanceof UnreadableYaml)) {
            throw error;
        }
        return says(`whose line ${error.line} ${error.message}`);
    }
}

/** `environment` goes over `env_file`; a name without a value is taken from the variables. */
function withEnvironment(service: Fields, at: ComposePath, reader: Reader): Fields {
    const { env_file: files, environment, ...rest } = service;
    const values: Record<string, string> = {};
    for (const [index, file] of (listOf(files) as Fields[]).entries()) {
        const path = String(file.path);
        const text = reader.read(path);
        const fail = (message: string): void => reader.fail(new ComposeError([...at, "env_file", index], message));
        if (text === undefined) {
            if (file.required !== false) {
                fail(`names ${path}, which ${whyUnread(path)}`);
            }
            continue;
        }
        try {
            Object.assign(
                values,
                parseEnvironmentFile(
                    text,
                    name => values[name] ?? reader.lookup(name),
                    name => reader.onUnset(name, path),
                ),
            );
        } catch (error) {
            if (!(error instanceof EnvironmentFileError)) {
                throw error;
            }
            fail(`names ${path}, whose line ${error.line} ${error.message}`);
        }
    }
    for (const [name, value] of Object.entries(fieldsOf(environment))) {
        const found = value ?? reader.lookup(name);
        if (typeof found === "string") {
            values[name] = found;
        } else {
            delete values[name];
        }
    }
    return Object.keys(values).length === 0 ? rest : { ...rest, environment: values };
}

/** What Compose makes of a folder's name. */
function normalName(name: string): string {
    return name
        .toLowerCase()
        .replace(/[^-_a-z0-9]/g, "")
        .replace(/^[_-]+/, "");
}
