import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import type { Run } from "../../../haproxy/Run";
import { Lease } from "../../../journal/Lease";
import { folders } from "../../../model/folders";

/** A folder of this machine instead of the record's volume. The anchor's scripts run there in a real shell. */
export class RecordFolder {
    readonly path = mkdtempSync(join(tmpdir(), "relink-record-"));

    /** Runs a command of the anchor on this machine. */
    readonly run: Run = ([command = "", ...args], stdin = "") =>
        new Promise((resolve, reject) => {
            const here = args.map(arg => (arg === folders.record ? this.path : arg));
            const child = spawn(command, here, { cwd: "/", stdio: "pipe" });
            const output = { stdout: "", stderr: "" };
            child.stdout.on("data", chunk => {
                output.stdout += chunk;
            });
            child.stderr.on("data", chunk => {
                output.stderr += chunk;
            });
            child.on("error", reject);
            child.on("close", code => resolve({ ...output, exitCode: code ?? 128 }));
            // A script that reads no input may have ended already.
            child.stdin.on("error", () => {});
            child.stdin.end(stdin);
        });

    read(file: string): string {
        return readFileSync(join(this.path, file), "utf8");
    }

    write(file: string, text: string): void {
        writeFileSync(join(this.path, file), text);
    }

    remove(): void {
        rmSync(this.path, { recursive: true, force: true });
    }
}

/** A folder for each test of a file, and the leases in it. */
export class RecordFixture {
    folder!: RecordFolder;
    leases: Lease[] = [];

    constructor() {
        beforeEach(() => {
            this.folder = new RecordFolder();
            this.leases = [];
        });
        afterEach(async () => {
            // Ends the heartbeats.
            await Promise.allSettled(this.leases.map(lease => lease.release()));
            this.folder.remove();
        });
    }

    /** @param more.uses whether the stack only uses the front */
    lease(
        stack: string,
        tell?: (text: string) => void,
        { uses, waitMs }: { uses?: true; waitMs?: number } = {},
    ): Lease {
        const [project = "", name = ""] = stack.split("/");
        const lease = new Lease(this.folder.run, { project, stack: name, ...(uses && { uses }) }, { tell, waitMs });
        this.leases.push(lease);
        return lease;
    }
}
