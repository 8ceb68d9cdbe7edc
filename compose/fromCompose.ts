import { defaults } from "../model/defaults";
import { type ConfigPath, startsWith } from "../settings/ConfigPath";
import { type ComposeReference, composeReference } from "../settings/composeReference";
import { type Fields, fieldsOf, isFields, itemsOf } from "../settings/fields";
import type { Problem } from "../settings/Problem";
import type { RawConfig } from "../settings/parse";
import { closestKey } from "../settings/suggest";
import { ComposeError } from "./ComposeError";
import type { ComposeFiles } from "./ComposeFiles";
import { isIgnored, withoutIgnored } from "./ignore";
import { Mapping } from "./Mapping";
import { mapService } from "./mapService";
import { problemsOf } from "./problemsOf";
import { readProjects, type Surroundings } from "./readProjects";

/** A stack config whose services have the settings of their Compose files. */
export interface Composed {
    raw: RawConfig;
    /** What relink cannot read in the Compose files, or does not support. */
    problems: Problem[];
    warnings: string[];
    /** Moves those problems of the config into a Compose file whose cause is there. */
    locate: (problems: readonly Problem[]) => Problem[];
}

/** A key of the config that has its value from a Compose file. */
interface Origin {
    path: ConfigPath;
    place: string;
}

/**
 * Merges the Compose files of `relink:services.*.compose` into a stack config. What the config says itself overrides
 * them.
 */
export async function fromCompose(raw: RawConfig, surroundings: Surroundings): Promise<Composed> {
    const services = fieldsOf(raw.services);
    const references = referencesIn(services);
    const result: Fields = { ...raw };
    const problems: Problem[] = [];
    const origins: Origin[] = [];
    const warnings = new Set<string>();
    const told = new Set<ComposeError>();
    const lacking = new Map(
        Object.keys(services)
            .filter(name => fieldsOf(services[name]).compose !== undefined)
            .map(name => [name, ["image", "port"]]),
    );
    for (const [name, files] of await readProjects(references, surroundings)) {
        const reference = references.get(name)!;
        const own = services[name] as Fields;
        const errors = errorsFor(reference, name, files, told);
        const mapping = errors.length === 0 ? mapped(name, reference, files, raw) : undefined;
        if (mapping instanceof ComposeError) {
            errors.push(mapping);
        } else if (mapping !== undefined) {
            lacking.set(name, mapping.refused);
            result.services = { ...fieldsOf(result.services), [name]: merge(mapping, own) };
            result.secrets = withSecrets(result.secrets, mapping.secretValues);
            origins.push(...originsOf(mapping, own, name, files));
            errors.push(...mapping.errors);
        }
        for (const warning of files.warnings) {
            warnings.add(warning);
        }
        problems.push(...problemsOf(errors, { name, reference, written: own.compose, files }));
    }
    return {
        raw: result as RawConfig,
        problems,
        warnings: [...warnings],
        locate: others =>
            others.filter(problem => !isConsequence(problem, lacking)).map(problem => located(problem, origins)),
    };
}

function referencesIn(services: Fields): Map<string, ComposeReference> {
    const references = new Map<string, ComposeReference>();
    for (const [name, service] of Object.entries(services)) {
        const parsed = composeReference.safeParse(fieldsOf(service).compose);
        if (isFields(service) && service.compose !== undefined && parsed.success) {
            references.set(name, parsed.data);
        }
    }
    return references;
}

/** Whether a service lacks a key only because of an error in its Compose file, which has a problem of its own. */
function isConsequence({ path: [first, name, key, ...more] }: Problem, lacking: Map<string, string[]>): boolean {
    const isKey = first === "services" && more.length === 0;
    return isKey && lacking.get(String(name))?.includes(String(key)) === true;
}

/**
 * Finds the errors that keep a service from being taken over.
 *
 * @param told errors of whole files that another service has reported; those of this one are added
 */
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

/** @returns an error where the files do not have the service; undefined where they could not be read */
function mapped(
    name: string,
    reference: ComposeReference,
    { project, readSecret, isFromOutside }: ComposeFiles,
    raw: RawConfig,
): Mapping | ComposeError | undefined {
    if (project === undefined) {
        return undefined;
    }
    const service = reference.service ?? name;
    const source = project.services[service];
    if (source === undefined) {
        const all = Object.keys(project.services);
        const value = closestKey(service, all) ?? (all.length === 1 ? all[0] : undefined) ?? "SERVICE";
        const others = all.length === 0 ? "there are no services" : `services of the file: ${all.join(", ")}`;
        const fix = { key: ["service"], value };
        return new ComposeError(`does not exist; ${others}`, { path: ["services", service] }, fix);
    }
    const { http, address } = fieldsOf(raw.front);
    const mapping = new Mapping(withoutIgnored(source, reference.ignore), {
        project,
        service,
        own: fieldsOf(fieldsOf(raw.services)[name]),
        name,
        front: { port: fieldsOf(http).port ?? defaults.httpPort, address },
        heldSecrets: Object.keys(fieldsOf(raw.secrets)),
        readSecret,
        isFromOutside,
    });
    mapService(mapping);
    return mapping;
}

/** Merges maps key by key and appends volumes and secrets. Of all other keys the config's own value counts. */
function merge(mapping: Mapping, own: Fields): Fields {
    const result = structuredClone(own);
    for (const { key, value } of mapping.mapped) {
        const last = key.at(-1)!;
        const parent = key.slice(0, -1).reduce<Fields>((fields, part) => {
            fields[part] ??= {};
            return fields[part] as Fields;
        }, result);
        const isList = key.length === 1 && (last === "volumes" || last === "secrets");
        parent[last] = isList ? [...itemsOf(parent[last]), value] : value;
    }
    return result;
}

function withSecrets(secrets: unknown, values: Record<string, string>): unknown {
    const isSound = secrets === undefined || isFields(secrets);
    return isSound && Object.keys(values).length > 0 ? { ...values, ...fieldsOf(secrets) } : secrets;
}

function originsOf({ mapped, context }: Mapping, own: Fields, name: string, files: ComposeFiles): Origin[] {
    const next: Record<string, number> = {
        volumes: itemsOf(own.volumes).length,
        secrets: itemsOf(own.secrets).length,
    };
    return mapped.map(({ key, from }) => {
        const list = key[0] ?? "";
        const index = key.length === 1 && list in next ? [next[list]!] : [];
        if (index.length > 0) {
            next[list]! += 1;
        }
        const place = files.place({ path: ["services", context.service, ...from] });
        return { path: ["services", name, ...key, ...index], place };
    });
}

/** @returns the problem at the place that its value comes from */
function located(problem: Problem, origins: readonly Origin[]): Problem {
    const found = origins
        .filter(({ path }) => startsWith(problem.path, path))
        .sort((a, b) => b.path.length - a.path.length)[0];
    if (found === undefined) {
        return problem;
    }
    // The config does not have the key, so that no command can remove it there. But the config can override it.
    const isSetting = problem.fix.startsWith("pulumi config set ") && !problem.fix.includes("&&");
    const isInList = problem.path.some(part => typeof part === "number");
    const fix = isSetting && !isInList ? `change it there, or: ${problem.fix}` : "change it there";
    return { ...problem, place: found.place, fix };
}
