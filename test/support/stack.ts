import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type CommandResult, expectSuccess, killProcessesIn, type RunningCommand, startCommand } from "./command";
import { findFreePorts, type StackPorts } from "./freePorts";
import { repository, StackFolder } from "./stackFolder";
import { sweepStack } from "./sweep";

const defaultTimeoutSeconds = 300;

/** The config of a stack, without the `relink:` in front of the keys. */
export interface StackConfig {
    front?: Record<string, unknown>;
    services?: Record<string, unknown>;
    host?: string;
    registries?: Record<string, unknown>;
}

export interface StackOptions {
    config?: StackConfig;
    /** Added to the environment of every command. */
    env?: Record<string, string>;
    /** Folder of another Pulumi program, with index.ts and Pulumi.yaml. @default relink */
    program?: string;
}

export interface CallOptions {
    /** Replaces variables for this call, e.g. DOCKER_HOST with a recording proxy. `undefined` unsets one. */
    env?: Record<string, string | undefined>;
    /** Default 300. */
    timeoutSeconds?: number;
    /** Called with each piece of output as it comes. */
    onOutput?: (text: string) => void;
}

/**
 * A stack of a test's own, with its project folder, state, name and free ports on 127.0.0.1. The real Pulumi CLI runs
 * its commands. None of them throws because of an exit code: `expectSuccess` does.
 */
export class TestStack {
    private readonly commands = new Set<RunningCommand>();

    private constructor(
        readonly name: string,
        readonly ports: StackPorts,
        private readonly address: string,
        private readonly folder: StackFolder,
        private readonly env: Record<string, string>,
        private readonly isCopy = false,
    ) {}

    static async create(options: StackOptions = {}): Promise<TestStack> {
        const name = `t-${randomBytes(4).toString("hex")}`;
        const ports = await findFreePorts();
        const { front, ...others } = options.config ?? {};
        const address = String(front?.address ?? "127.0.0.1");
        const stack = new TestStack(name, ports, address, new StackFolder(name, options.program), options.env ?? {});
        stack.setConfig("front", {
            address,
            http: { port: ports.http },
            preview: { port: ports.preview },
            metrics: { port: ports.metrics },
            ...front,
        });
        for (const [key, value] of Object.entries(others)) {
            stack.setConfig(key, value);
        }
        try {
            expectSuccess(await stack.pulumi(["stack", "init", name]));
        } catch (error) {
            stack.folder.remove();
            throw error;
        }
        return stack;
    }

    /** Where the project folder of this stack is. */
    get path(): string {
        return this.folder.path;
    }

    /** The front's public address. */
    get url(): string {
        return `http://${this.address}:${this.ports.http}`;
    }

    get previewUrl(): string {
        return `http://127.0.0.1:${this.ports.preview}`;
    }

    /** The name that the front has by default. */
    get front(): string {
        return `relink-${this.name}`;
    }

    /**
     * Writes one value into the stack's file, as an editor would; `undefined` removes it.
     *
     * @param path e.g. `services.web.image`; as a list where a part holds a dot: `["secrets", "web.TOKEN"]`
     */
    setConfig(path: string | string[], value: unknown): void {
        const [key, ...rest] = typeof path === "string" ? path.split(".") : path;
        this.folder.setConfig([`relink:${key}`, ...rest], value);
    }

    /** Sets a secret by the CLI, so that it is encrypted. `path` is as in `pulumi config set --path`. */
    async setSecret(path: string, value: string): Promise<void> {
        expectSuccess(await this.pulumi(["config", "set", "--secret", "--path", path, "--", value]));
    }

    preview(args: string[] = ["--diff"], options?: CallOptions): Promise<CommandResult> {
        return this.pulumi(["preview", ...args], options);
    }

    /** The steps of a preview, as `pulumi preview --json` prints them. */
    async previewJson(args: string[] = [], options?: CallOptions): Promise<PreviewJson> {
        const result = await this.pulumi(["preview", "--json", ...args], options);
        try {
            return JSON.parse(result.stdout) as PreviewJson;
        } catch {
            throw new Error(`preview --json printed no JSON (code ${result.code})\n${result.stdout}${result.stderr}`);
        }
    }

    up(args: string[] = [], options?: CallOptions): Promise<CommandResult> {
        return this.pulumi(["up", "--yes", "--skip-preview", ...args], options);
    }

    destroy(args: string[] = [], options?: CallOptions): Promise<CommandResult> {
        return this.pulumi(["destroy", "--yes", "--skip-preview", ...args], options);
    }

    async outputs(): Promise<Record<string, unknown>> {
        const { stdout } = expectSuccess(await this.pulumi(["stack", "output", "--json", "--show-secrets"]));
        return JSON.parse(stdout) as Record<string, unknown>;
    }

    /** Any command of the CLI on this stack, to its end. */
    pulumi(args: string[], options: CallOptions = {}): Promise<CommandResult> {
        return this.start(args, options).result;
    }

    /** Starts a command of the CLI without waiting for it, to interrupt it for example. */
    start(args: string[], options: CallOptions = {}): RunningCommand {
        const isInit = args[0] === "stack" && args[1] === "init";
        // Global flags go before the command, where a `--` among the arguments cannot hide them.
        const flags = ["--non-interactive", "--color", "never"];
        return this.run("pulumi", [...flags, ...(isInit ? args : withStack(args, this.name))], options);
    }

    /** Starts `status`, `logs` or `renew` as npm does it. The stack is this one, unless `args` name another. */
    look(name: "status" | "logs" | "renew", args: string[] = [], options: CallOptions = {}): RunningCommand {
        const which = args.includes("--stack") ? [] : ["--stack", this.name];
        const file = join(repository, "commands", `${name}.ts`);
        const node = ["-r", join(repository, "startup", "loadTypeScript.js"), file, ...args, ...which];
        return this.run(process.execPath, node, options);
    }

    /** Commands as a person types them in the project's folder; Pulumi asks nothing. */
    shell(script: string, options: CallOptions = {}): Promise<CommandResult> {
        const env = { PULUMI_SKIP_CONFIRMATIONS: "true", NO_COLOR: "1", ...options.env };
        return this.run("sh", ["-ec", script], { ...options, env }).result;
    }

    /** Removes the state, as on a machine without one. @returns a function that brings it back */
    loseState(): () => void {
        return this.folder.loseState();
    }

    private run(program: string, args: string[], options: CallOptions): RunningCommand {
        const command = startCommand(program, args, {
            cwd: this.folder.path,
            env: {
                ...process.env,
                // relink warns of an empty one, where the stack has secrets.
                PULUMI_CONFIG_PASSPHRASE: "of the tests",
                PULUMI_SKIP_UPDATE_CHECK: "true",
                PULUMI_CONTINUE_ON_ERROR: "true",
                ...this.env,
                ...options.env,
                PULUMI_BACKEND_URL: this.folder.backendUrl,
            },
            timeoutSeconds: options.timeoutSeconds ?? defaultTimeoutSeconds,
            ...(options.onOutput === undefined ? {} : { onOutput: options.onOutput }),
        });
        this.commands.add(command);
        const forget = (): void => void this.commands.delete(command);
        command.result.then(forget, forget);
        return command;
    }

    /**
     * @returns the same stack with another project folder and state, as on a second machine. Its `cleanup` leaves
     * Docker alone, since all containers are the original's
     */
    copy(): TestStack {
        return new TestStack(this.name, this.ports, this.address, this.folder.copy(), this.env, true);
    }

    /** Ends its commands, and removes its folder and everything of it in Docker. */
    async cleanup(): Promise<void> {
        for (const command of this.commands) {
            command.kill();
            await command.result.catch(() => {});
        }
        killProcessesIn(this.folder.path);
        const problems = this.isCopy ? [] : await sweepStack(this.name, this.env.DOCKER_HOST);
        this.folder.remove();
        if (problems.length > 0) {
            throw new Error(`left behind by ${this.name}:\n${problems.join("\n")}`);
        }
    }
}

/** The part of `pulumi preview --json` that tests read. */
export interface PreviewJson {
    steps: {
        op: string;
        urn: string;
        oldState?: { inputs?: Record<string, unknown>; outputs?: Record<string, unknown> };
        newState?: { inputs?: Record<string, unknown>; outputs?: Record<string, unknown> };
        detailedDiff?: Record<string, { kind: string; inputDiff?: boolean }> | null;
        diffReasons?: string[];
    }[];
    diagnostics?: { urn?: string; message: string; severity: string }[];
    changeSummary?: Record<string, number>;
}

export function createStack(options: StackOptions = {}): Promise<TestStack> {
    return TestStack.create(options);
}

/** `--stack NAME` goes behind the last argument, but before a `--` that ends the flags. */
function withStack(args: string[], name: string): string[] {
    const end = args.indexOf("--");
    const at = end < 0 ? args.length : end;
    return [...args.slice(0, at), "--stack", name, ...args.slice(at)];
}
