import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { repository } from "./stackFolder";

/** Modules of one process. */
export interface Modules {
    /** Files of relink, from the repository's root. */
    own: string[];
    /** Names of npm packages. */
    packages: string[];
}

/** Which modules the processes of a CLI's command have loaded by their end. */
export class LoadedModules {
    private readonly folder = mkdtempSync(join(tmpdir(), "relink-modules-"));

    /** The environment of the command. */
    get env(): Record<string, string> {
        const recorder = join(__dirname, "recordModules.cjs");
        return { NODE_OPTIONS: `--require ${JSON.stringify(recorder)}`, RELINK_TEST_MODULES: this.folder };
    }

    /** What runs index.ts. */
    get program(): Modules {
        return this.of("@pulumi/pulumi/cmd/run/index.js");
    }

    /** What runs the dynamic providers. */
    get host(): Modules {
        return this.of("startup/pulumi-resource-pulumi-nodejs");
    }

    remove(): void {
        rmSync(this.folder, { recursive: true });
    }

    private of(program: string): Modules {
        const found = readdirSync(this.folder)
            .map(name => JSON.parse(readFileSync(join(this.folder, name), "utf8")))
            .filter((record: { program?: string }) => record.program?.endsWith(program));
        if (found.length !== 1) {
            throw new Error(`${found.length} processes of ${program} have ended`);
        }
        const files = (found[0] as { loaded: string[] }).loaded.map(file => relative(repository, file));
        const inPackage = (file: string) => /.*(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];
        return {
            own: files.filter(file => inPackage(file) === undefined && !file.startsWith("test/")).sort(),
            packages: [...new Set(files.flatMap(file => inPackage(file) ?? []))].sort(),
        };
    }
}
