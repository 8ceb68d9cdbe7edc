import { basename, dirname, resolve } from "node:path";
import { canonicalService, type Fail } from "./canonical";
import { Document } from "./Document";
import { EnvironmentFileError, parseEnvironmentFile } from "./environmentFile";
import type { Lookup } from "./interpolate";
import { mergeServices } from "./merge";
import { named, type Project, withDefaultNetwork } from "./Project";
import { ComposeError, type ComposePath, type Fields, fieldsOf, isFields, listOf, needsCompose } from "./values";

/** What the files of a project are read with. */
export interface Reader {
    /** Where relative paths start: the folder of the first file. */
    folder: string;
    /** Variables: the environment, then the env files. */
    lookup: Lookup;
    /** Content of a file; undefined where there is none. */
    read: (path: string) => string | undefined;
    fail: Fail;
    /** Hears of variables that are not set and have no default. */
    onUnset: (name: string) => void;
}

/** Reads a project from its files without Docker Compose. What only that can do is told to `fail`. */
export function loadProject(files: { path: string; document: Document }[], wanted: string[], reader: Reader): Project {
    const contents = files.map(({ path, document }) => {
        const content = document.content(reader.lookup, reader.onUnset, error => {
            if (error.path[0] !== "services" || wanted.includes(String(error.path[1]))) {
                reader.fail(error);
            }
        });
        if (content.include !== undefined) {
            reader.fail(new ComposeError(["include"], needsCompose));
        }
        return { path, folder: reader.folder, content };
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
        const parts = contents
            .filter(({ content }) => fieldsOf(content.services)[key] !== undefined)
            .map(file => extended(file, key, reader, []));
        services[key] = withEnvironment(parts.reduce(mergeServices, {}), ["services", key], reader);
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
}

/** A service of a file, over the one that it extends. */
function extended(file: LoadedFile, name: string, reader: Reader, seen: string[]): Fields {
    const at: ComposePath = ["services", name];
    const fail: Fail = error =>
        reader.fail(seen.length === 0 ? error : new ComposeError(error.path, error.message, error.fix, file.path));
    const { extends: base, ...own } = fieldsOf(fieldsOf(file.content.services)[name]);
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
    try {
        if (text !== undefined) {
            const content = Document.parse(text).content(reader.lookup, reader.onUnset, () => {});
            return { path, folder: dirname(path), content };
        }
    } catch {
        // Said below: it is one of the files that a user can look at.
    }
    fail(new ComposeError([...at, "extends"], `extends a service of ${path}, which cannot be read`));
    return undefined;
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
                fail(`names ${path}, which cannot be read`);
            }
            continue;
        }
        try {
            Object.assign(
                values,
                parseEnvironmentFile(text, name => values[name] ?? reader.lookup(name)),
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
