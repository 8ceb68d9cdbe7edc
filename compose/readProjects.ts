import { dirname, join, relative, resolve } from "node:path";
import type { ComposeReference } from "../settings/composeReference";
import { type ComposeCli, ComposeRefused, findComposeCli, readWithCompose } from "./composeCli";
import { Document, UnreadableYaml } from "./Document";
import { EnvironmentFileError, parseEnvironmentFile } from "./environmentFile";
import { fromOutside } from "./environmentSecrets";
import { readText, usualFileNear, whyUnread } from "./files";
import type { Lookup } from "./interpolate";
import { loadProject } from "./loadProject";
import type { Project } from "./Project";
import { ComposeError, type ComposePath, spellPath } from "./values";

/** The files of one `compose`, read. */
export interface ComposeFiles {
    /** Undefined where nothing could be made of them. */
    project?: Project;
    /** What is the matter of all services. */
    errors: ComposeError[];
    /** What concerns one service of the file, by its name there. */
    errorsOf: Map<string, ComposeError[]>;
    /** Each with the file that it is about. */
    warnings: ReadonlySet<string>;
    /** `compose.yaml:12: services.web.ports[0]`, for an error. */
    place: (path: ComposePath, file?: string) => string;
    /** Whether a variable's value is none that the files spell out. */
    isFromOutside: (variable: string, value: string) => boolean;
    readSecret: (definition: Record<string, unknown>) => string | undefined;
}

/** Where files are, and what variables mean. */
export interface Surroundings {
    /** The project folder: where Pulumi.yaml is. */
    folder: string;
    env: NodeJS.ProcessEnv;
    /** Undefined looks for Docker Compose; null does without. */
    cli?: ComposeCli | null;
}

/** Reads the Compose files of all services, the same ones once: with Docker Compose where it is, else without. */
export async function readProjects(
    references: Map<string, ComposeReference>,
    { folder, env, cli }: Surroundings,
): Promise<Map<string, ComposeFiles>> {
    const found = references.size === 0 || cli === null ? undefined : (cli ?? (await findComposeCli(env)));
    const results = new Map<string, ComposeFiles>();
    for (const [name, reference] of references) {
        const same = [...references].filter(([, other]) => isSame(other, reference));
        const [first] = same[0]!;
        const known = results.get(first);
        const wanted = same.map(([other, { service }]) => service ?? other);
        results.set(name, known ?? (await readFiles(reference, wanted, folder, env, found)));
    }
    return results;
}

function isSame(one: ComposeReference, other: ComposeReference): boolean {
    return JSON.stringify([one.files, one.envFile]) === JSON.stringify([other.files, other.envFile]);
}

async function readFiles(
    reference: ComposeReference,
    wanted: string[],
    root: string,
    env: NodeJS.ProcessEnv,
    cli: ComposeCli | undefined,
): Promise<ComposeFiles> {
    const errors: ComposeError[] = [];
    const errorsOf = new Map<string, ComposeError[]>();
    const warnings = new Set<string>();
    const documents: { path: string; document: Document }[] = [];
    const show = (path: string): string => relative(root, path) || path;
    const place = (path: ComposePath, file?: string): string => {
        if (file !== undefined) {
            return `${show(file)}${lineIn(file, path)}: ${spellPath(path)}`;
        }
        // The file that has most of the path, the last one of several: that is the one that counts.
        const best = documents.reduce<{ depth: number; text: string } | undefined>(
            (found, { path: name, document }) => {
                const depth = document.depthOf(path);
                return found !== undefined && found.depth > depth
                    ? found
                    : { depth, text: `${show(name)}:${document.lineOf(path)}` };
            },
            undefined,
        );
        return `${best?.text ?? show(resolve(root, reference.files[0] ?? ""))}: ${spellPath(path)}`;
    };
    const fail = (error: ComposeError, service?: string): void => {
        const list = service === undefined ? errors : (errorsOf.get(service) ?? []);
        list.push(error);
        if (service !== undefined) {
            errorsOf.set(service, list);
        }
    };
    const unread = (key: "files" | "envFile", index: number, near?: string): void => {
        const given = reference[key][index] ?? "";
        const hint = near === undefined ? "" : `; there is ${show(near)}`;
        const message = `names ${given}, which ${whyUnread(resolve(root, given))}${hint}`;
        fail(new ComposeError([], message, { key: [key, index], value: near === undefined ? "FILE" : show(near) }));
    };
    for (const [index, file] of reference.files.map(path => resolve(root, path)).entries()) {
        const text = readText(file);
        if (text === undefined) {
            unread("files", index, usualFileNear(file));
            continue;
        }
        try {
            documents.push({ path: file, document: Document.parse(text) });
        } catch (error) {
            if (!(error instanceof UnreadableYaml)) {
                throw error;
            }
            fail(new ComposeError([], error.message, undefined, `${show(file)}:${error.line}`));
        }
    }
    const folder = dirname(resolve(root, reference.files[0] ?? ""));
    const usual = join(folder, ".env");
    const envFiles =
        reference.envFile.length > 0
            ? reference.envFile.map(path => resolve(root, path))
            : readText(usual) === undefined
              ? []
              : [usual];
    const onUnset = (name: string, file = resolve(root, reference.files[0] ?? "")): void => {
        // Compose warns itself.
        if (cli === undefined) {
            warnings.add(`${show(file)}: The "${name}" variable is not set. Defaulting to a blank string.`);
        }
    };
    const lookup = variables(envFiles, env, onUnset, (file, line, message) =>
        line === undefined
            ? unread("envFile", envFiles.indexOf(file))
            : fail(new ComposeError([], message, undefined, `${show(file)}:${line}`)),
    );
    const result: ComposeFiles = {
        errors,
        errorsOf,
        warnings,
        place,
        isFromOutside: fromOutside(documents.map(({ document }) => document)),
        readSecret: ({ file, environment }) =>
            typeof file === "string"
                ? readText(file)
                : environment === undefined
                  ? undefined
                  : lookup(`${environment}`),
    };
    if (errors.length > 0) {
        return result;
    }
    if (cli === undefined) {
        const project = loadProject(documents, wanted, { folder, lookup, read: readText, fail, onUnset });
        return errors.length === 0 ? { ...result, project } : result;
    }
    try {
        const files = documents.map(({ path }) => path);
        const read = await readWithCompose(cli, { files, envFiles, env, fail });
        for (const warning of read.warnings) {
            warnings.add(`${reference.files.join(", ")}: ${warning}`);
        }
        return { ...result, project: read.project };
    } catch (error) {
        if (!(error instanceof ComposeRefused)) {
            throw error;
        }
        const { path, message } = error;
        fail(
            path.length === 0
                ? new ComposeError(path, message, undefined, reference.files.join(", "))
                : new ComposeError(path, message, "change it there"),
        );
        return result;
    }
}

/** `:12`, where the file can be read. */
function lineIn(file: string, path: ComposePath): string {
    try {
        return `:${Document.parse(readText(file) ?? "").lineOf(path)}`;
    } catch {
        return "";
    }
}

/** The environment goes over the env files, and later ones of those over earlier ones, as with Compose. */
function variables(
    files: string[],
    env: NodeJS.ProcessEnv,
    onUnset: (name: string, file: string) => void,
    fail: (file: string, line: number | undefined, message: string) => void,
): Lookup {
    const values: Record<string, string> = {};
    const lookup: Lookup = name => env[name] ?? (Object.hasOwn(values, name) ? values[name] : undefined);
    for (const file of files) {
        try {
            const text = readText(file);
            if (text === undefined) {
                fail(file, undefined, "cannot be read");
            } else {
                Object.assign(
                    values,
                    parseEnvironmentFile(text, lookup, name => onUnset(name, file)),
                );
            }
        } catch (error) {
            if (!(error instanceof EnvironmentFileError)) {
                throw error;
            }
            fail(file, error.line, error.message);
        }
    }
    return lookup;
}
