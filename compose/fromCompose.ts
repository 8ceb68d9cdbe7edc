import { defaults } from "../model/defaults";
import type { ConfigPath } from "../settings/ConfigPath";
import { type ComposeReference, composeReference } from "../settings/composeReference";
import { removeCommand, setCommand } from "../settings/configCommands";
import { type Fields, fieldsOf, isFields } from "../settings/fields";
import type { Problem } from "../settings/Problem";
import type { RawConfig } from "../settings/parse";
import { closestKey } from "../settings/suggest";
import { isIgnored, withoutIgnored } from "./ignore";
import { Mapping } from "./Mapping";
import { mapService } from "./mapService";
import { type ComposeFiles, readProjects, type Surroundings } from "./readProjects";
import { ComposeError, type ComposePath, listOf } from "./values";

/** A stack config whose services have taken over what their Compose files say. */
export interface Composed {
    raw: RawConfig;
    /** What in the Compose files is wrong or not supported. */
    problems: Problem[];
    warnings: string[];
    /** Says of problems with the config which of them are in a Compose file, and where. */
    locate: (problems: readonly Problem[]) => Problem[];
}

/** Where in the config a value of a Compose file has gone. */
interface Origin {
    path: ConfigPath;
    place: string;
}

/** Takes over what the Compose files of `relink:services.*.compose` say. What the config says itself goes over it. */
export async function fromCompose(raw: RawConfig, surroundings: Surroundings): Promise<Composed> {
    const services = fieldsOf(raw.services);
    const references = new Map<string, ComposeReference>();
    for (const [name, service] of Object.entries(services)) {
        const parsed = composeReference.safeParse(fieldsOf(service).compose);
        if (isFields(service) && service.compose !== undefined && parsed.success) {
            references.set(name, parsed.data);
        }
    }
    const result: Fields = { ...raw };
    const problems: Problem[] = [];
    const origins: Origin[] = [];
    const warnings = new Set<string>();
    const told = new Set<ComposeError>();
    // What a service lacks because of an error that is told already is no problem of its own.
    const lacking = new Map(
        Object.keys(services)
            .filter(name => fieldsOf(services[name]).compose !== undefined)
            .map(name => [name, ["image", "port"]]),
    );
    for (const [name, files] of await readProjects(references, surroundings)) {
        const reference = references.get(name)!;
        const own = services[name] as Fields;
        const errors = errorsFor(reference, name, files, told);
        const mapping =
            errors.length === 0 ? files.project && mapped(name, own, reference, files, raw, errors) : undefined;
        if (mapping !== undefined) {
            lacking.set(name, mapping.refused);
            result.services = { ...fieldsOf(result.services), [name]: merge(mapping, own) };
            result.secrets = withSecrets(result.secrets, mapping.secretValues);
            origins.push(...originsOf(mapping, own, name, files));
            errors.push(...mapping.errors);
        }
        for (const warning of files.warnings) {
            warnings.add(warning);
        }
        problems.push(...problemsOf(errors, name, reference, own.compose, files));
    }
    return {
        raw: result as RawConfig,
        problems,
        warnings: [...warnings],
        locate: others =>
            others
                .filter(({ path: [first, name, key, ...more] }) => {
                    const isKey = first === "services" && more.length === 0;
                    return !(isKey && lacking.get(String(name))?.includes(String(key)));
                })
                .map(problem => located(problem, origins)),
    };
}

/** What keeps a service from being taken over. What is the matter of a whole file is said once. */
function errorsFor(
    reference: ComposeReference,
    name: string,
    { errors, errorsOf }: ComposeFiles,
    told: Set<ComposeError>,
): ComposeError[] {
    const own = errorsOf.get(reference.service ?? name) ?? [];
    const all = [...errors, ...own.filter(({ path }) => !isIgnored(path.slice(2), reference.ignore))];
    const untold = all.filter(error => !told.has(error));
    for (const error of errors) {
        told.add(error);
    }
    return untold;
}

function mapped(
    name: string,
    own: Fields,
    reference: ComposeReference,
    { project, readSecret, isFromOutside }: ComposeFiles,
    raw: RawConfig,
    errors: ComposeError[],
): Mapping | undefined {
    const service = reference.service ?? name;
    const source = project?.services[service];
    if (project === undefined || source === undefined) {
        const all = Object.keys(project?.services ?? {});
        const value = closestKey(service, all) ?? (all.length === 1 ? all[0] : undefined) ?? "SERVICE";
        const message = all.length === 0 ? "there are no services" : `services of the file: ${all.join(", ")}`;
        errors.push(new ComposeError(["services", service], `does not exist; ${message}`, { key: ["service"], value }));
        return undefined;
    }
    const { http, address } = fieldsOf(raw.front);
    const mapping = new Mapping(withoutIgnored(source, reference.ignore), {
        project,
        service,
        own,
        name,
        front: { port: fieldsOf(http).port ?? defaults.httpPort, address },
        heldSecrets: Object.keys(fieldsOf(raw.secrets)),
        readSecret,
        isFromOutside,
    });
    mapService(mapping);
    return mapping;
}

/** Maps are merged key by key, volumes and secrets are added to, and everything else is the config's where it has it. */
function merge(mapping: Mapping, own: Fields): Fields {
    const result = structuredClone(own);
    for (const { key, value } of mapping.mapped) {
        const last = key.at(-1)!;
        const parent = key.slice(0, -1).reduce<Fields>((fields, part) => {
            fields[part] ??= {};
            return fields[part] as Fields;
        }, result);
        const isList = key.length === 1 && (last === "volumes" || last === "secrets");
        parent[last] = isList ? [...listOf(parent[last]), value] : value;
    }
    return result;
}

function withSecrets(secrets: unknown, values: Record<string, string>): unknown {
    const isSound = secrets === undefined || isFields(secrets);
    return isSound && Object.keys(values).length > 0 ? { ...values, ...fieldsOf(secrets) } : secrets;
}

function originsOf({ mapped, context }: Mapping, own: Fields, name: string, files: ComposeFiles): Origin[] {
    const next: Record<string, number> = {
        volumes: listOf(own.volumes).length,
        secrets: listOf(own.secrets).length,
    };
    return mapped.map(({ key, from }) => {
        const list = key[0] ?? "";
        const index = key.length === 1 && list in next ? [next[list]!] : [];
        if (index.length > 0) {
            next[list]! += 1;
        }
        const place = files.place(["services", context.service, ...from]);
        return { path: ["services", name, ...key, ...index], place };
    });
}

/** Errors of a Compose file as problems. What relink has nothing for can be left out by name. */
function problemsOf(
    errors: readonly ComposeError[],
    name: string,
    reference: ComposeReference,
    written: unknown,
    { place }: ComposeFiles,
): Problem[] {
    const at: ConfigPath = ["services", name, "compose"];
    let next = reference.ignore.length;
    let isSpelledOut = isFields(written);
    /** A key of `compose`, which is spelled out first where it is but a path. */
    const set = (key: (string | number)[], value: string): string => {
        const commands = [setCommand([...at, ...key], value)];
        if (!isSpelledOut) {
            isSpelledOut = true;
            commands.unshift(removeCommand(at), setCommand([...at, "files", 0], reference.files[0] ?? ""));
        }
        return commands.join(" && ");
    };
    return errors.map(({ path, message, fix, file }): Problem => {
        const where = path.length === 0 && file !== undefined ? file : place(path, file);
        const problem = { path: at, place: where, message };
        if (typeof fix === "string") {
            return { ...problem, fix };
        }
        if (fix !== undefined) {
            const { key, value } = fix;
            const isPath = !isSpelledOut && key[0] === "files";
            const itsKey = isPath ? at : [...at, ...key];
            return path.length === 0
                ? { path: itsKey, message, fix: isPath ? setCommand(at, value) : set(key, value) }
                : { ...problem, fix: set(key, value) };
        }
        const ignored = ignorable(path);
        if (ignored === undefined) {
            return { ...problem, fix: "change it there" };
        }
        const command = set(["ignore", next], ignored);
        next += 1;
        return { ...problem, fix: `change it there, or do without it: ${command}` };
    });
}

/** The key that `ignore` would name. One entry of a list cannot be left out. */
function ignorable(path: ComposePath): string | undefined {
    const [first, , ...key] = path;
    return first === "services" && key.length > 0 && key.every(part => typeof part === "string")
        ? key.join(".")
        : undefined;
}

/** A problem with a value that came from a Compose file is there, not in the stack config. */
function located(problem: Problem, origins: readonly Origin[]): Problem {
    const found = origins
        .filter(({ path }) => path.every((part, index) => problem.path[index] === part))
        .sort((a, b) => b.path.length - a.path.length)[0];
    if (found === undefined) {
        return problem;
    }
    // What the config does not have cannot be removed from it, but it can be set over what the file says.
    const isSetting = problem.fix.startsWith("pulumi config set ") && !problem.fix.includes("&&");
    const isInList = problem.path.some(part => typeof part === "number");
    const fix = isSetting && !isInList ? `change it there, or: ${problem.fix}` : "change it there";
    return { ...problem, place: found.place, fix };
}
