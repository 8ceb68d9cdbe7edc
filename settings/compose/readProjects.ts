import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { type ComposeCli, ComposeRefused, findComposeCli, readWithCompose } from "./composeCli";
import { Document, UnreadableYaml } from "./Document";
import { EnvironmentFileError, parseEnvironmentFile } from "./environmentFile";
import type { Lookup } from "./interpolate";
import { loadProject } from "./loadProject";
import type { Project } from "./Project";
import type { ComposeReference } from "./reference";
import { ComposeError, type ComposePath, spellPath } from "./values";

/** The files of one `compose`, read. */
export interface ComposeFiles {
    /** Undefined where nothing could be made of them. */
    project?: Project;
    errors: ComposeError[];
    warnings: string[];
    /** `compose.yaml:12: services.web.ports[0]`, for an error. */
    place: (path: ComposePath, file?: string) => string;
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
    const warnings: string[] = [];
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
    const fail = (error: ComposeError): void => void errors.push(error);
    for (const file of reference.files.map(path => resolve(root, path))) {
        const text = readText(file);
        try {
            if (text === undefined) {
                throw new UnreadableYaml(0, "cannot be read");
            }
            documents.push({ path: file, document: Document.parse(text) });
        } catch (error) {
            if (!(error instanceof UnreadableYaml)) {
                throw error;
            }
            const line = error.line === 0 ? "" : `:${error.line}`;
            fail(new ComposeError([], error.message, undefined, `${show(file)}${line}`));
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
    const lookup = variables(envFiles, env, (file, message) =>
        fail(new ComposeError([], message, undefined, show(file))),
    );
    const result: ComposeFiles = {
        errors,
        warnings,
        place,
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
        const onUnset = (name: string): void =>
            void warnings.push(`The "${name}" variable is not set. Defaulting to a blank string.`);
        const project = loadProject(documents, wanted, { folder, lookup, read: readText, fail, onUnset });
        return errors.length === 0 ? { ...result, project, warnings: [...new Set(warnings)] } : result;
    }
    try {
        const files = documents.map(({ path }) => path);
        const read = await readWithCompose(cli, { files, envFiles, env, fail });
        return { ...result, ...read };
    } catch (error) {
        if (!(error instanceof ComposeRefused)) {
            throw error;
        }
        fail(new ComposeError([], error.message, undefined, reference.files.join(", ")));
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
function variables(files: string[], env: NodeJS.ProcessEnv, fail: (file: string, message: string) => void): Lookup {
    const values: Record<string, string> = {};
    const lookup: Lookup = name => env[name] ?? (Object.hasOwn(values, name) ? values[name] : undefined);
    for (const file of files) {
        try {
            const text = readText(file);
            if (text === undefined) {
                fail(file, "cannot be read");
            } else {
                Object.assign(values, parseEnvironmentFile(text, lookup));
            }
        } catch (error) {
            if (!(error instanceof EnvironmentFileError)) {
                throw error;
            }
            fail(`${file}:${error.line}`, error.message);
        }
    }
    return lookup;
}

/** A file as text; undefined where there is none, or where it is no UTF-8. */
function readText(path: string): string | undefined {
    try {
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
    } catch {
        return undefined;
    }
}
