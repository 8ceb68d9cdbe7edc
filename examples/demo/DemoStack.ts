import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { DockerView } from "./DockerView";
import { choosePorts, type Ports } from "./Ports";
import { Pulumi } from "./Pulumi";
import type { Terminal } from "./Terminal";

const root = resolve(__dirname, "../..");
const project = "relink";
const image = (version: string) => `relink-hello:${version}`;

/** The demo's services: the sample app twice. */
export type DemoService = "web" | "api";

/** The host of `api`. Requests for any other host go to `web`. */
export const apiHost = "api.localhost";

/** The part of `pulumi stack output services` that the demo reads, for one service. */
export interface DemoOutputs {
    live: string;
    blue?: { image: string };
    green?: { image: string };
}

/** The demo's own stack: its name, its config file (which git ignores), its state and its ports. */
export class DemoStack {
    readonly pulumi = new Pulumi();
    readonly docker = new DockerView();

    private constructor(readonly name: string) {}

    /**
     * Finds the stack of this folder, or makes one. Where the Docker Engine has the demo of another folder, this one
     * gets another name.
     */
    static async open(terminal: Terminal): Promise<DemoStack> {
        let stack = new DemoStack("demo");
        await stack.docker.engine.ping();
        const known = await stack.known();
        for (let number = 2; !known.has(stack.name) && (await stack.docker.has(stack.name)); number += 1) {
            terminal.line(`This Docker Engine has a stack "${stack.name}" of another folder; it is left alone.`);
            stack = new DemoStack(`demo-${number}`);
        }
        if (known.has(stack.name)) {
            await stack.unlock(terminal);
            if (!(await stack.docker.has(stack.name))) {
                terminal.line(`Nothing of the stack "${stack.name}" is on this Docker Engine: it begins anew.`);
                await stack.forget();
            }
        }
        await stack.configure();
        if (!(await stack.known()).has(stack.name)) {
            await stack.pulumi.must(["stack", "init", stack.name, "--no-select"]);
        }
        return stack;
    }

    /** @returns all demo stacks of this folder */
    static async all(): Promise<DemoStack[]> {
        const names = [...(await new DemoStack("demo").known())].filter(name => /^demo(-\d+)?$/.test(name));
        return names.map(name => new DemoStack(name));
    }

    static named(name: string): DemoStack {
        return new DemoStack(name);
    }

    get file(): string {
        return join(root, "stacks", `Pulumi.${this.name}.yaml`);
    }

    /** URL of the front. */
    async url(): Promise<string> {
        const { http } = (await this.docker.ports(this.name)) ?? this.configuredPorts();
        return `http://${this.docker.engine.publishHost}:${http}`;
    }

    /** @returns the version of `web` that answers now; undefined where none does */
    async serving(): Promise<string | undefined> {
        try {
            const answer = await fetch(await this.url(), { signal: AbortSignal.timeout(2000) });
            return answer.ok ? (answer.headers.get("x-version") ?? undefined) : undefined;
        } catch {
            return undefined;
        }
    }

    async outputs(service: DemoService): Promise<DemoOutputs | undefined> {
        const { code, stdout } = await this.pulumi.run(["stack", "output", "--json", "--stack", this.name]);
        const outputs = code === 0 ? (JSON.parse(stdout) as { services?: Record<string, DemoOutputs> }) : {};
        return outputs.services?.[service];
    }

    /** Removes the lock of an `up` that was killed. */
    async unlock(terminal: Terminal): Promise<void> {
        const folder = join(root, ".relink", "state", ".pulumi", "locks", "organization", project, this.name);
        const locks = existsSync(folder) ? readdirSync(folder).filter(file => file.endsWith(".json")) : [];
        for (const lock of locks) {
            const { pid } = JSON.parse(readFileSync(join(folder, lock), "utf8")) as { pid: number };
            if (isRunning(pid)) {
                throw new Error(
                    `Pulumi already works on the stack "${this.name}" (process ${pid}). Wait until it ends.`,
                );
            }
        }
        if (locks.length > 0) {
            terminal.line(`An earlier run was killed: \`pulumi cancel\` gives back its lock on "${this.name}".`);
            await this.pulumi.must(["cancel", "--yes", "--stack", this.name]);
        }
    }

    /** Removes the state and the config file, even where they are damaged. */
    async forget(): Promise<void> {
        if ((await this.known()).has(this.name)) {
            await this.pulumi.must(["stack", "rm", "--yes", "--force", "--stack", this.name]);
        }
        rmSync(this.file, { force: true });
    }

    private async known(): Promise<Set<string>> {
        const stacks = JSON.parse(await this.pulumi.must(["stack", "ls", "--json"])) as { name: string }[];
        return new Set(stacks.map(({ name }) => name));
    }

    /** Writes the config file where there is none. A front's ports are fixed at its creation. */
    private async configure(): Promise<void> {
        const asked = process.env.RELINK_DEMO_PORT || undefined;
        const existing = await this.docker.ports(this.name);
        if (existing !== undefined && asked !== undefined && Number(asked) !== existing.http) {
            throw new Error(
                `The demo already has a front on port ${existing.http}. Remove it first:\n    npm run demo:clean`,
            );
        }
        const { isLocal } = this.docker.engine;
        // Which ports of another machine are free cannot be tried from here.
        const chosen = existing ?? (await choosePorts(asked, isLocal ? undefined : async () => true));
        const { encryptionsalt } = existsSync(this.file)
            ? { encryptionsalt: /^encryptionsalt: (.*)$/m.exec(readFileSync(this.file, "utf8"))?.[1] }
            : {};
        writeFileSync(
            this.file,
            stringify({ config: config(chosen, isLocal), ...(encryptionsalt && { encryptionsalt }) }),
        );
    }

    private configuredPorts(): Pick<Ports, "http"> {
        return { http: Number(/http:\n +port: (\d+)/.exec(readFileSync(this.file, "utf8"))?.[1]) };
    }
}

function config({ http, preview, metrics }: Omit<Ports, "https">, isLocal: boolean) {
    return {
        "relink:front": {
            image: "haproxy:3.0",
            // The demo is reachable from this machine alone.
            ...(isLocal ? { address: "127.0.0.1" } : {}),
            http: { port: http },
            preview: { port: preview },
            metrics: { port: metrics },
        },
        "relink:services": {
            web: { ...service(2), default: true },
            api: { ...service(1), hosts: [apiHost] },
        },
    };
}

function service(replicas: number) {
    return {
        image: image("v1"),
        port: 8080,
        replicas,
        health: { path: "/healthz" },
        minHealthyTime: "2s",
        bakeTime: "5s",
        // After this time v3 is refused. v2 may need some seconds to start on two busy cores.
        healthyDeadline: "20s",
    };
}

function isRunning(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM";
    }
}
