import { join } from "node:path";
import { expect } from "vitest";
import type { Engine } from "../../docker/Engine";
import { expectSuccess } from "./command";
import type { CallOptions, PreviewJson, TestStack } from "./stack";

/** A golden file of a preview. Only `vitest --update` writes it. */
export function goldenFile(name: string): string {
    return join(__dirname, "../e2e/golden", name);
}

/**
 * Turns the output of `pulumi preview` into text that is the same in every run and on every machine. Names, ports, ids,
 * digests and addresses become words. Rows are sorted, since Pulumi prints them in any order.
 */
export class Normaliser {
    readonly #releases = new Map<string, string>();

    /** @param digests digest (or local id) of an image to the word for it */
    constructor(
        private readonly stack: TestStack,
        private readonly digests: ReadonlyMap<string, string>,
    ) {}

    /** For a stack that runs the sample app, v1 and v2. */
    static async forHello(stack: TestStack, { docker }: Engine): Promise<Normaliser> {
        const digests = new Map<string, string>();
        for (const version of ["v1", "v2"]) {
            const { Id } = await docker.getImage(`relink-hello:${version}`).inspect();
            digests.set(Id, version.toUpperCase());
        }
        return new Normaliser(stack, digests);
    }

    /**
     * Compares both previews of the state that the test has made with their golden files.
     * @returns all that they printed
     */
    async expect(name: string, options?: CallOptions): Promise<string[]> {
        // At the same time: a preview takes no lock, and most of its time is start-up.
        const [text, json] = await Promise.all([
            this.stack.preview(["--diff"], options),
            this.stack.pulumi(["preview", "--json"], options),
        ]);
        expectSuccess(text);
        expectSuccess(json);
        await expect(this.text(text.stdout, text.stderr)).toMatchFileSnapshot(goldenFile(`${name}.txt`));
        await expect(this.json(JSON.parse(json.stdout) as PreviewJson)).toMatchFileSnapshot(goldenFile(`${name}.json`));
        return [text, json].flatMap(({ stdout, stderr }) => [stdout, stderr]);
    }

    /** What `preview --diff` printed: the tree, then what was said on the error stream. */
    text(stdout: string, stderr: string): string {
        const lines = stderr.split("\n").filter(line => line !== "" && !isOfThisMachine(line));
        if (lines.every(line => /^(warning: )?\w+: /.test(line) && !line.startsWith("error: "))) {
            // One line for each service, in any order.
            lines.sort();
        }
        const said = lines.length === 0 ? "" : `\n${lines.join("\n")}\n`;
        return this.words(`${sortRows(stdout).trim()}\n${said}`);
    }

    /** What a program reads of `preview --json`: each change with its values, what was said, and the counts. */
    json(preview: PreviewJson): string {
        const changes = preview.steps
            .filter(({ op }) => op !== "same")
            .map(step => ({
                op: step.op,
                resource: resourceOf(step.urn),
                ...(step.detailedDiff ? { changes: changesOf(step) } : {}),
            }))
            .sort((a, b) => (a.resource < b.resource ? -1 : 1));
        const said = (preview.diagnostics ?? [])
            .filter(({ message }) => !isOfThisMachine(message))
            .map(({ severity, message, urn = "" }) => `${severity} on ${resourceOf(urn)}: ${message.trim()}`)
            .sort();
        return this.words(`${JSON.stringify({ changes, said, changeSummary: preview.changeSummary }, null, 2)}\n`);
    }

    /** Replaces everything that another run would name differently. */
    words(text: string): string {
        const { name, ports } = this.stack;
        const replaced: [RegExp | string, string][] = [
            [name, "STACK"],
            [String(ports.http + 363), "HTTPS_PORT"],
            [String(ports.http), "HTTP_PORT"],
            [String(ports.preview), "PREVIEW_PORT"],
            [String(ports.metrics), "METRICS_PORT"],
            ...[...this.digests].map(([digest, word]): [string, string] => [digest, `DIGEST-OF-${word}`]),
            [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UUID"],
            [/(configuration"?: +(?:"[0-9a-f]{12}" => )?)"[0-9a-f]{12}"/g, '$1"FINGERPRINT"'],
            [/(configuration"?: +)"[0-9a-f]{12}"/g, '$1"FINGERPRINT"'],
            [/"\\"[0-9a-f]{12}\\" => \\"[0-9a-f]{12}\\""/g, '"FINGERPRINT => ANOTHER"'],
            [/(The registry says: ).*?( \(\w+ goes on serving\))/g, "$1...$2"],
            [/\[id=[0-9a-f]{64}\]/g, "[id=ID]"],
            [/(anchor *: +)"[0-9a-f]{64}"/g, '$1"ID"'],
            [/default_\d+_\d+_\d+/g, "default_VERSION"],
        ];
        const plain = replaced.reduce((result, [from, to]) => result.replaceAll(from, to), text);
        return plain.replace(/\b([0-9a-f]{12})-[0-9a-f]{16}\b/g, id => this.#release(id));
    }

    /** The stack's key is random, so that ids of releases get the image's word and a number in order of appearance. */
    #release(id: string): string {
        const image = [...this.digests].find(([digest]) => digest.includes(id.slice(0, 12)))?.[1] ?? "UNKNOWN";
        const known = this.#releases.get(id);
        const word =
            known ?? `RELEASE-OF-${image}-${1 + [...this.#releases.values()].filter(w => w.includes(image)).length}`;
        this.#releases.set(id, word);
        return word;
    }
}

/** A warning about an image of the Docker host, where no registry is reached. */
function isOfThisMachine(message: string): boolean {
    return /The registry \S+ cannot be reached .* on the Docker host/.test(message) && !message.includes("refused");
}

/** Pulumi prints this line when nothing has happened for a while. */
function isHeartbeat(line: string): boolean {
    return /^@ previewing update\.*$/.test(line);
}

/** Type and name of a resource, without the types of its parents. */
function resourceOf(urn: string): string {
    const [, , types = "", name = ""] = urn.replace(/^urn:pulumi:/, "").split("::");
    return `${types.split("$").at(-1)} ${name}`;
}

function changesOf(step: PreviewJson["steps"][number]): Record<string, string> {
    const paths = Object.entries(step.detailedDiff ?? {}).filter(([path]) => !path.startsWith("__plan"));
    return Object.fromEntries(
        paths.map(([path, { kind }]) => {
            const before = valueAt(step.oldState?.inputs, path);
            const after = valueAt(step.newState?.inputs, path);
            return [path, { add: `+ ${after}`, delete: `- ${before}`, update: `${before} => ${after}` }[kind] ?? kind];
        }),
    );
}

function valueAt(state: unknown, path: string): string {
    const keys = path.split(/[.[\]]+/).filter(key => key !== "");
    const value = keys.reduce((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], state);
    // The text shows in full the defaults that Pulumi shows in full.
    return typeof value === "object" ? `(${Object.keys(value ?? {}).length} keys)` : JSON.stringify(value);
}

const header = /^ *(?:[+~=-]|\+-|-\+)? ?[\w-]+:[\w/-]+:[\w/-]+: \(\w+\)/;

/**
 * Sorts the rows of a `--diff` tree by the names of their resources, since Pulumi prints them in the order in which
 * they come, and leaves out the bodies of `@pulumi/docker`'s, which belong to that plugin.
 */
function sortRows(text: string): string {
    const head: string[] = [];
    const rows: string[][] = [];
    const tail: string[] = [];
    for (const line of text.split("\n").filter(line => !isHeartbeat(line))) {
        if (tail.length > 0 || /^(Resources:| {4}--outputs:--)/.test(line)) {
            tail.push(line);
        } else if (header.test(line)) {
            rows.push([line]);
        } else {
            (rows.at(-1) ?? head).push(line);
        }
    }
    const sorted = rows.map(withoutPluginsDetails).sort((a, b) => (sortKeyOf(a) < sortKeyOf(b) ? -1 : 1));
    return [head, ...sorted, tail].flat().join("\n");
}

function withoutPluginsDetails(row: string[]): string[] {
    const isDocker = /[+~=-] docker:/.test(row[0] ?? "");
    return row.filter((line, index) =>
        isDocker ? index === 0 || line.includes("[urn=") : !line.includes("[provider="),
    );
}

/** The stack, then by name; of one name, the resource with the shorter list of parents first, then by type. */
function sortKeyOf(row: string[]): string {
    const [, , types = "", name = ""] = (row.find(line => line.includes("[urn=")) ?? "").split("::");
    return types.startsWith("pulumi:pulumi:Stack")
        ? ""
        : `${name.replace("]", "")} ${types.split("$").length} ${types.split("$").at(-1)}`;
}
