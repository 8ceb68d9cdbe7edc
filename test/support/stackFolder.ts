import {
    cpSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    renameSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseDocument } from "yaml";

/** The project's own folder. */
export const repository = resolve(__dirname, "../..");
/** Folders and files that are links, so that the tests run the files that people edit. */
const linked = [
    "components",
    "providers",
    "release",
    "docker",
    "haproxy",
    "settings",
    "startup",
    "program.js",
    "node_modules",
    "package.json",
    "tsconfig.json",
];

/**
 * A project folder for a test, so that its stack files and state are not the repository's. Everything but Pulumi.yaml,
 * the stack file and the state is a link to the repository.
 */
export class StackFolder {
    readonly path = mkdtempSync(join(tmpdir(), "relink-test-"));
    readonly backendUrl: string;
    private readonly stackFile: string;

    /**
     * @param program the folder with index.ts and Pulumi.yaml
     * @param original a folder to copy, stack file and state included
     */
    constructor(
        private readonly stack: string,
        private readonly program = repository,
        original?: string,
    ) {
        this.backendUrl = `file://${join(this.path, "state")}`;
        this.stackFile = join(this.path, "stacks", `Pulumi.${stack}.yaml`);
        if (original !== undefined) {
            cpSync(original, this.path, { recursive: true, verbatimSymlinks: true });
            return;
        }
        for (const name of linked) {
            if (existsSync(join(repository, name))) {
                symlinkSync(join(repository, name), join(this.path, name));
            }
        }
        symlinkSync(join(program, "index.ts"), join(this.path, "index.ts"));
        cpSync(join(program, "Pulumi.yaml"), join(this.path, "Pulumi.yaml"));
        mkdirSync(join(this.path, "stacks"));
        mkdirSync(join(this.path, "state"));
    }

    /** @returns a copy of the folder and the state. A change of one does not change the other. */
    copy(): StackFolder {
        return new StackFolder(this.stack, this.program, this.path);
    }

    /**
     * Sets one value of the stack's config, `undefined` removes it. `path` begins with the key, e.g. relink:services.
     */
    setConfig(path: string[], value: unknown): void {
        const document = parseDocument(existsSync(this.stackFile) ? readFileSync(this.stackFile, "utf8") : "");
        if (value === undefined) {
            document.deleteIn(["config", ...path]);
        } else {
            document.setIn(["config", ...path], document.createNode(value));
        }
        writeFileSync(this.stackFile, document.toString());
    }

    /** Puts the state away. @returns a function that puts it back, in place of a newer one */
    loseState(): () => void {
        const state = join(this.path, "state", ".pulumi");
        const lost = mkdtempSync(join(this.path, "lost-"));
        renameSync(state, join(lost, ".pulumi"));
        return () => {
            rmSync(state, { recursive: true, force: true });
            renameSync(join(lost, ".pulumi"), state);
        };
    }

    remove(): void {
        rmSync(this.path, { recursive: true, force: true });
    }
}
