import { spawn } from "node:child_process";
import { type Fields, fieldsOf } from "../settings/fields";
import { parsePrivateJson } from "../text/privateJson";
import { ComposeError, type ComposePath } from "./ComposeError";
import { canonicalService } from "./canonical";
import { named, type Project, withDefaultNetwork } from "./Project";

const timeoutMs = 30_000;

/** What a run of Docker Compose printed. */
export interface Output {
    /** @default null (it could not be started, or did not end in time) */
    code: number | null;
    stdout: string;
    stderr: string;
}

/** Runs Docker Compose 2 or later: the plugin of the docker command, or a program of its own. */
export type ComposeCli = (args: string[], env: NodeJS.ProcessEnv) => Promise<Output>;

/**
 * Finds Docker Compose.
 *
 * @returns undefined where there is none, or only version 1, which reads files in other ways
 */
export async function findComposeCli(env: NodeJS.ProcessEnv): Promise<ComposeCli | undefined> {
    for (const command of [["docker", "compose"], ["docker-compose"]]) {
        const cli: ComposeCli = (args, surroundings) => run([...command, ...args], surroundings);
        const { code, stdout } = await cli(["version", "--short"], env);
        if (code === 0 && /^v?([2-9]|[1-9]\d)\.\d/.test(stdout.trim())) {
            return cli;
        }
    }
    return undefined;
}

/** What Docker Compose reads. */
export interface CliInput {
    /** Compose files. */
    files: string[];
    /** Files with variables. */
    envFiles: string[];
    env: NodeJS.ProcessEnv;
    /** Is told of what relink cannot read in a service. */
    fail: (error: ComposeError, service: string) => void;
}

/** A project as Docker Compose read it. */
export interface CliProject {
    project: Project;
    /** Compose's own warnings. */
    warnings: string[];
}

/**
 * Lets Docker Compose read a project.
 *
 * @throws ComposeError in Compose's own words, unless these may hold a line of an env file
 */
export async function readWithCompose(cli: ComposeCli, { files, envFiles, env, fail }: CliInput): Promise<CliProject> {
    const options = [...files.flatMap(file => ["-f", file]), ...envFiles.flatMap(file => ["--env-file", file])];
    // Only the config names files and profiles, so that the result is the same on every machine.
    const { COMPOSE_FILE: _1, COMPOSE_PROFILES: _2, COMPOSE_ENV_FILES: _3, ...rest } = env;
    const { code, stdout, stderr } = await cli([...options, "--profile", "*", "config", "--format", "json"], {
        ...rest,
        COMPOSE_DISABLE_ENV_FILE: "true",
    });
    if (code !== 0) {
        throw refusal(stderr, `docker compose ${[...options, "config", "--quiet"].join(" ")}`);
    }
    const config = withoutEscapes(parsePrivateJson(stdout)) as Fields;
    const project = String(config.name);
    const services = Object.entries(fieldsOf(config.services)).map(([name, service]) => {
        const canonical = canonicalService(fieldsOf(service), ["services", name], "/", error => fail(error, name));
        return [name, withDefaultNetwork(withoutUnset(canonical))];
    });
    return {
        project: {
            name: project,
            services: Object.fromEntries(services),
            networks: named(project, { default: null, ...fieldsOf(config.networks) }),
            volumes: named(project, config.volumes),
            secrets: fieldsOf(config.secrets) as Record<string, Fields>,
        },
        warnings: warningsIn(stderr),
    };
}

/** `docker compose config` prints a file that Compose can read again: it writes `$$` for `$`. */
function withoutEscapes(value: unknown): unknown {
    if (typeof value === "string") {
        return value.replaceAll("$$", "$");
    }
    if (Array.isArray(value)) {
        return value.map(withoutEscapes);
    }
    return typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutEscapes(inner)]))
        : value;
}

/** A variable without a value is not in the container's environment. Compose has merged `env_file` into it. */
function withoutUnset(service: Fields): Fields {
    const set = Object.entries(fieldsOf(service.environment)).filter(([, value]) => value !== null);
    const { environment: _, env_file: _merged, ...rest } = service;
    return set.length === 0 ? rest : { ...rest, environment: Object.fromEntries(set) };
}

/** Finds `time="..." level=warning msg="..."`, except what does not concern a release. */
function warningsIn(stderr: string): string[] {
    const messages = [...stderr.matchAll(/level=warning msg="((?:\\.|[^"\\])*)"/g)];
    return messages
        .map(([, message = ""]) => message.replace(/\\(.)/g, "$1"))
        .filter(message => !message.includes("`version` is obsolete"));
}

/** @param command what shows the user Compose's own words, where they are not repeated here */
function refusal(stderr: string, command: string): ComposeError {
    const line = stderr.trim().split("\n").at(-1) ?? "";
    // These are about keys, types and names of variables, though the word `env` may be among them.
    const isOfKeys = [
        /^validating \S+: /,
        /^error while interpolating services\.\S+ required variable /,
        /^services\.\S+: unexpected type [\w.{}[\] ]+$/,
    ].some(pattern => pattern.test(line));
    if (!isOfKeys && /env|variable name|unterminated/i.test(line)) {
        const why = "what it says is not repeated here, since it may hold a line of an env file";
        return new ComposeError(`is refused by Docker Compose; ${why}: ${command}`);
    }
    const message = `is refused by Docker Compose: ${line}`;
    const path = pathIn(message);
    return path.length === 0 ? new ComposeError(message) : new ComposeError(message, { path }, "change it there");
}

/** @returns the key that Compose names: `services.web.ports.0` */
function pathIn(message: string): ComposePath {
    const key = /(?:^|[: ])(services\.[\w.-]+)/.exec(message)?.[1] ?? "";
    return key
        .split(".")
        .filter(Boolean)
        .map(part => (/^\d+$/.test(part) ? Number(part) : part));
}

function run([command = "", ...args]: string[], env: NodeJS.ProcessEnv): Promise<Output> {
    return new Promise(done => {
        // Not `timeout`: its timer stays when a program could not be started, and holds up the end of this process.
        const signal = AbortSignal.timeout(timeoutMs);
        const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"], signal });
        const output = { stdout: "", stderr: "" };
        for (const name of ["stdout", "stderr"] as const) {
            child[name].setEncoding("utf8").on("data", (text: string) => {
                output[name] += text;
            });
        }
        child.on("error", error => done({ code: null, ...output, stderr: error.message }));
        child.on("close", code => done({ code, ...output }));
    });
}
