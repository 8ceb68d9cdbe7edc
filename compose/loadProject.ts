import { basename, dirname, resolve } from "node:path";
import { type Fields, fieldsOf, isFields, itemsOf } from "../settings/fields";
import { ComposeError, type ComposePath, composeError, needsCompose } from "./ComposeError";
import { canonicalService } from "./canonical";
import { Document, type Fail } from "./Document";
import { parseEnvironmentFile } from "./environmentFile";
import { whyUnread } from "./files";
import type { Lookup } from "./interpolate";
import { mergeServices } from "./merge";
import { named, type Project, withDefaultNetwork } from "./Project";

/** What {@link loadProject} needs. */
export interface Reader {
    /** The folder of the first file: where relative paths start. */
    folder: string;
    /** A variable's value: from the environment, else from the env files. */
    lookup: Lookup;
    /** @returns the content of a file; undefined where there is none */
    read: (path: string) => string | undefined;
    /** @param service the wanted service that the error concerns; undefined where it concerns all */
    fail: (error: ComposeError, service?: string) => void;
    /** @param file the env file that names the variable; undefined for a Compose file */
    onUnset: (name: string, file?: string) => void;
}

/**
 * Reads a project from its files without Docker Compose. It tells `fail` of what only Compose can read.
 *
 * @param wanted the services that relink takes over
 */
export function loadProject(files: { path: string; document: Document }[], wanted: string[], reader: Reader): Project {
    const contents = files.map(({ path, document }) => loaded(path, reader.folder, document, reader));
    for (const { errors, content } of contents) {
        for (const error of errors.filter(({ path: [section] }) => section !== "services")) {
            reader.fail(error);
        }
        if (content.include !== undefined) {
            reader.fail(new ComposeError(needsCompose, { path: ["include"] }));
        }
    }
    const project = projectName(contents, reader);
    const services = networksOnly(contents, reader.folder);
    for (const key of wanted.filter(key => services[key] !== undefined)) {
        services[key] = wantedService(contents, key, reader);
    }
    const section = (key: string): Fields =>
        contents.map(({ content }) => fieldsOf(content[key])).reduce(mergeServices, {});
    return {
        name: project,
        services: mapped(services, withDefaultNetwork),
        networks: named(project, { default: null, ...section("networks") }),
        volumes: named(project, section("volumes")),
        secrets: mapped(section("secrets"), secret => withAbsoluteFile(fieldsOf(secret), reader.folder)),
    };
}

function mapped<T>(fields: Record<string, T>, map: (value: T) => Fields): Record<string, Fields> {
    return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, map(value)]));
}

function withAbsoluteFile(secret: Fields, folder: string): Fields {
    const { file } = secret;
    return typeof file === "string" ? { ...secret, file: resolve(folder, file) } : secret;
}

function projectName(contents: LoadedFile[], { lookup, folder }: Reader): string {
    const names = contents.map(({ content }) => content.name).filter(name => typeof name === "string");
    return lookup("COMPOSE_PROJECT_NAME") ?? normalName(names.at(-1) ?? basename(folder));
}

/** Of the services that relink does not take over, only the networks matter. */
function networksOnly(contents: LoadedFile[], folder: string): Record<string, Fields> {
    const services: Record<string, Fields> = {};
    for (const { content } of contents) {
        for (const [key, service] of Object.entries(fieldsOf(content.services))) {
            const { networks, network_mode } = fieldsOf(service);
            const canonical = canonicalService({ networks, network_mode }, ["services", key], folder, () => {});
            services[key] = mergeServices(services[key] ?? {}, canonical);
        }
    }
    return services;
}

function wantedService(contents: LoadedFile[], key: string, reader: Reader): Fields {
    const itsReader = { ...reader, fail: (error: ComposeError): void => reader.fail(error, key) };
    const parts = contents
        .filter(({ content }) => fieldsOf(content.services)[key] !== undefined)
        .map(file => extended(file, key, itsReader, []));
    return withEnvironment(parts.reduce(mergeServices, {}), ["services", key], itsReader);
}

interface LoadedFile {
    path: string;
    folder: string;
    content: Fields;
    /** What cannot be read in the file. Of its services only those count that relink takes over. */
    errors: ComposeError[];
}

function loaded(path: string, folder: string, document: Document, { lookup, onUnset }: Reader): LoadedFile {
    const errors: ComposeError[] = [];
    const content = document.content({ lookup, onUnset: name => onUnset(name), fail: error => errors.push(error) });
    return { path, folder, content, errors };
}

/**
 * Merges a service over the one that it extends.
 *
 * @param seen the services that led here by `extends`; empty for a service of the project's own files
 */
function extended(file: LoadedFile, name: string, reader: Reader, seen: string[]): Fields {
    const path: ComposePath = ["services", name];
    const fail: Fail = error => reader.fail(seen.length === 0 ? error : error.at({ file: file.path }));
    for (const error of file.errors.filter(({ path: [section, key] }) => section === "services" && key === name)) {
        fail(error);
    }
    const written = fieldsOf(file.content.services)[name];
    if (!isFields(written)) {
        fail(new ComposeError("must be a map, with image and so on", { path }));
    }
    const { extends: base, ...own } = fieldsOf(written);
    const service = canonicalService(own, path, file.folder, fail);
    if (base === undefined || base === null) {
        return service;
    }
    const failExtends = (message: string): undefined =>
        void fail(new ComposeError(message, { path: [...path, "extends"] }));
    const { file: otherPath, service: baseService } = isFields(base) ? base : { file: undefined, service: base };
    const baseName = String(baseService);
    const other = typeof otherPath === "string" ? loadFile(resolve(file.folder, otherPath), reader, failExtends) : file;
    if (other === undefined) {
        return service;
    }
    const key = `${other.path} ${baseName}`;
    if (fieldsOf(other.content.services)[baseName] === undefined) {
        failExtends(`extends the service ${baseName}, which does not exist`);
        return service;
    }
    if (seen.includes(key)) {
        failExtends("extends itself");
        return service;
    }
    return mergeServices(extended(other, baseName, reader, [...seen, key]), service);
}

function loadFile(path: string, reader: Reader, failExtends: (message: string) => undefined): LoadedFile | undefined {
    const text = reader.read(path);
    if (text === undefined) {
        return failExtends(`extends a service of ${path}, which ${whyUnread(path)}`);
    }
    try {
        return loaded(path, dirname(path), Document.parse(text), reader);
    } catch (error) {
        const { message, place } = composeError(error);
        return failExtends(`extends a service of ${path}, whose line ${place.line} ${message}`);
    }
}

/** `environment` overrides `env_file`. A name without a value gets the variable's. */
function withEnvironment(service: Fields, path: ComposePath, reader: Reader): Fields {
    const { env_file: files, environment, ...rest } = service;
    const values: Record<string, string> = {};
    for (const [index, file] of (itemsOf(files) as Fields[]).entries()) {
        const fail = (message: string): void =>
            reader.fail(new ComposeError(message, { path: [...path, "env_file", index] }));
        Object.assign(values, readEnvironmentFile(file, values, reader, fail));
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

/** @param before values of the env files before this one */
function readEnvironmentFile(
    file: Fields,
    before: Record<string, string>,
    reader: Reader,
    fail: (message: string) => void,
): Record<string, string> {
    const path = String(file.path);
    const text = reader.read(path);
    if (text === undefined) {
        if (file.required !== false) {
            fail(`names ${path}, which ${whyUnread(path)}`);
        }
        return {};
    }
    try {
        return parseEnvironmentFile(
            text,
            name => before[name] ?? reader.lookup(name),
            name => reader.onUnset(name, path),
        );
    } catch (error) {
        const { message, place } = composeError(error);
        fail(`names ${path}, whose line ${place.line} ${message}`);
        return {};
    }
}

/** @returns the project's name that Compose makes from a folder's name */
function normalName(name: string): string {
    return name
        .toLowerCase()
        .replace(/[^-_a-z0-9]/g, "")
        .replace(/^[_-]+/, "");
}
