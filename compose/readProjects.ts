import type { ComposeReference } from "../settings/composeReference";
import { composeError } from "./ComposeError";
import { ComposeFiles } from "./ComposeFiles";
import { type ComposeCli, findComposeCli, readWithCompose } from "./composeCli";
import { readText } from "./files";
import { loadProject } from "./loadProject";

/** Where files are, and what variables mean. */
export interface Surroundings {
    /** The project folder: where Pulumi.yaml is. */
    folder: string;
    env: NodeJS.ProcessEnv;
    /** Docker Compose; null to read the files without it. @default undefined (look for it) */
    cli?: ComposeCli | null;
}

/**
 * Reads the Compose files of all services, the same ones once: with Docker Compose where the machine has it, else
 * without.
 *
 * @param references by the service's name in relink
 */
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
        results.set(name, known ?? (await readFiles(new ComposeFiles(reference, folder), wanted, env, found)));
    }
    return results;
}

function isSame(one: ComposeReference, other: ComposeReference): boolean {
    return JSON.stringify([one.files, one.envFile]) === JSON.stringify([other.files, other.envFile]);
}

/** @param wanted the services that relink takes over, by their names in the files */
async function readFiles(
    files: ComposeFiles,
    wanted: string[],
    env: NodeJS.ProcessEnv,
    cli: ComposeCli | undefined,
): Promise<ComposeFiles> {
    // Compose itself warns of variables that are not set.
    const onUnset = (name: string, file?: string): void =>
        cli === undefined ? files.warnOfUnset(name, file) : undefined;
    files.readDocuments();
    files.readVariables(env, onUnset);
    if (files.errors.length > 0) {
        return files;
    }
    if (cli !== undefined) {
        await readByCompose(files, env, cli);
        return files;
    }
    const { folder, lookup } = files;
    const project = loadProject(files.documents, wanted, {
        folder,
        lookup,
        read: readText,
        fail: (error, service) => files.fail(error, service),
        onUnset,
    });
    if (files.errors.length === 0) {
        files.project = project;
    }
    return files;
}

async function readByCompose(files: ComposeFiles, env: NodeJS.ProcessEnv, cli: ComposeCli): Promise<void> {
    try {
        const { project, warnings } = await readWithCompose(cli, {
            files: files.documents.map(({ path }) => path),
            envFiles: files.envFiles,
            env,
            fail: (error, service) => files.fail(error, service),
        });
        files.project = project;
        for (const warning of warnings) {
            files.warn(warning);
        }
    } catch (error) {
        files.fail(composeError(error));
    }
}
