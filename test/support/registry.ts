import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type Dockerode from "dockerode";
import { Engine } from "../../docker/Engine";
import { findFreePorts } from "./freePorts";
import { commitImage } from "./localImages";

const repository = resolve(__dirname, "../..");
/** The password below as the registry wants it: bcrypt. */
const passwordHash = "$2y$05$abcdefghijklmnopqrstuubgih8ImcfvJ24zKAOLpSYCWBNfZPVnO";

/** A real registry (Distribution) on 127.0.0.1, with a password. */
export class TestRegistry {
    readonly username = "relink";
    /** It has letters with a meaning in JSON, in a shell and in a URL. */
    readonly password = `registryPass7c1f'"$x @:%`;
    private readonly pushed = new Set<string>();
    private process: ChildProcess | undefined;

    private constructor(
        private readonly binary: string,
        private readonly folder: string,
        private readonly port: number,
    ) {}

    static async start(): Promise<TestRegistry> {
        const run = promisify(execFile);
        const { stdout } = await run(process.execPath, ["toolchain/run.mjs", "registry"], { cwd: repository });
        const binary = stdout.trim().split("\n").at(-1) ?? "";
        const folder = mkdtempSync(join(tmpdir(), "relink-registry-"));
        const registry = new TestRegistry(binary, folder, (await findFreePorts()).http);
        writeFileSync(join(folder, "htpasswd"), `${registry.username}:${passwordHash}\n`);
        writeFileSync(
            join(folder, "config.yml"),
            JSON.stringify({
                version: 0.1,
                log: { level: "error" },
                storage: { filesystem: { rootdirectory: join(folder, "data") } },
                http: { addr: registry.address },
                auth: { htpasswd: { realm: "relink", path: join(folder, "htpasswd") } },
            }),
        );
        await registry.resume();
        return registry;
    }

    /** HOST:PORT, the beginning of its images' names. */
    get address(): string {
        return `127.0.0.1:${this.port}`;
    }

    /** Starts it, and waits until it answers. */
    async resume(): Promise<void> {
        const child = spawn(this.binary, ["serve", join(this.folder, "config.yml")], { stdio: "ignore" });
        this.process = child;
        for (const deadline = Date.now() + 30_000; ; ) {
            const answered = await fetch(`http://${this.address}/v2/`).then(
                ({ status }) => status === 401,
                () => false,
            );
            if (answered) {
                return;
            }
            if (child.exitCode !== null || Date.now() > deadline) {
                throw new Error(`the registry does not answer on ${this.address} (exit code ${child.exitCode})`);
            }
            await new Promise(done => setTimeout(done, 100));
        }
    }

    /** Ends it. Its images stay. */
    async pause(): Promise<void> {
        const child = this.process;
        this.process = undefined;
        if (child !== undefined && child.exitCode === null) {
            child.kill();
            await once(child, "exit");
        }
    }

    /**
     * Pushes an image of the Docker host under another name, and removes that name from the host.
     * @param name without the registry, e.g. `shop/web:stable`
     * @returns the manifest's digest
     */
    async push(image: string, name: string): Promise<string> {
        const { docker } = Engine.connect();
        const [path = "", tag = "latest"] = name.split(":");
        const repo = `${this.address}/${path}`;
        this.pushed.add(repo);
        await docker.getImage(image).tag({ repo, tag });
        const { username, password, address: serveraddress } = this;
        const stream = await docker
            .getImage(`${repo}:${tag}`)
            .push({ authconfig: { username, password, serveraddress } });
        const digest = await digestOf(docker, stream);
        await docker.getImage(`${repo}:${tag}`).remove();
        return digest;
    }

    /** Pushes an image that the Docker host does not have. It differs from another one in a label. */
    async pushForeign(image: string, name: string): Promise<string> {
        const { docker } = Engine.connect();
        const local = `relink-test-foreign-${this.port}:latest`;
        const id = await commitImage(image, local, `port=${this.port}`);
        const digest = await this.push(local, name);
        // Remove it by all its names. A push leaves the digest as one.
        await docker.getImage(id).remove({ force: true });
        return digest;
    }

    /**
     * Removes a tag, as a retention policy does.
     * @param name without the registry, e.g. `shop/web:stable`
     */
    forget(name: string): void {
        const [path = "", tag = "latest"] = name.split(":");
        const tags = join(this.folder, "data/docker/registry/v2/repositories", path, "_manifests/tags");
        rmSync(join(tags, tag), { recursive: true });
    }

    /** Ends it and removes its images, also from the Docker host. No container may use them. */
    async remove(): Promise<void> {
        await this.pause();
        rmSync(this.folder, { recursive: true, force: true });
        const { docker } = Engine.connect();
        const names = (await docker.listImages()).flatMap(({ RepoTags, RepoDigests }) => [
            ...(RepoTags ?? []),
            ...(RepoDigests ?? []),
        ]);
        for (const name of names) {
            if (name.startsWith(`${this.address}/`)) {
                await docker
                    .getImage(name)
                    .remove()
                    .catch(() => {}); // went with another name of it
            }
        }
    }
}

interface PushMessage {
    error?: string;
    status?: string;
    aux?: { Digest?: string };
}

/** Docker's own image store says the digest in `aux`, the containerd image store in words alone. */
function digestOf(docker: Dockerode, stream: NodeJS.ReadableStream): Promise<string> {
    return new Promise((done, failed) => {
        docker.modem.followProgress(stream, (error, messages: PushMessage[] = []) => {
            const problem = error ?? messages.find(message => message.error)?.error;
            const [digest] = messages.flatMap(
                ({ aux, status }) => aux?.Digest ?? /digest: (sha256:[0-9a-f]{64})/.exec(status ?? "")?.[1] ?? [],
            );
            if (problem || digest === undefined) {
                failed(new Error(`the push failed: ${problem ?? "no digest"}`));
            } else {
                done(digest);
            }
        });
    });
}
