import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The Docker CLI's configuration with a context of a test's own, for DOCKER_CONFIG. */
export class DockerContext {
    readonly folder = mkdtempSync(join(tmpdir(), "relink-docker-config-"));

    /** @param host address of the Engine that its current context names */
    constructor(host: string) {
        const meta = join(this.folder, "contexts/meta", createHash("sha256").update("test").digest("hex"));
        mkdirSync(meta, { recursive: true });
        writeFileSync(join(this.folder, "config.json"), '{"currentContext":"test"}');
        writeFileSync(join(meta, "meta.json"), JSON.stringify({ Endpoints: { docker: { Host: host } } }));
    }

    remove(): void {
        rmSync(this.folder, { recursive: true });
    }
}
