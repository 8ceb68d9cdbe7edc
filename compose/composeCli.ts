import { spawn } from "node:child_process";
import { type Fields, fieldsOf } from "../settings/fields";
import { parsePrivateJson } from "../text/privateJson";
import { canonicalService } from "./canonical";
import { named, type Project, withDefaultNetwork } from "./Project";
import type { ComposeError, ComposePath } from "./values";

const timeoutMs = 30_000;

/** What a run of Docker Compose printed. */
export interface Output {
    code: number | null;
    stdout: string;
    stderr: string;
}

/** Runs Docker Compose 2 or later, the plugin of the docker command or a program of its own. */
export type ComposeCli = (args: string[], env: NodeJS.ProcessEnv) => Promise<Output>;

/** Docker Compose said no. */
export class ComposeRefused extends Error {
    /** The key that it is about, where it names one: `services.web.ports.0`. */
    get path(): ComposePath {
        const key = /(?:^|[: ])(services\.[\w.-]+)/.exec(this.message)?.[1] ?? "";
        return key
            .split(".")
            .filter(Boolean)
            .map(part => (/^\d+$/.test(part) ? Number(part) : part));
    }
}

/** Finds Docker Compose. Version 1 reads files in other ways, and counts as none. */
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

export interface CliProject {
    project: Project;
    /** What Compose warned of. */
    warnings: string[];
}

/**
 * Has Docker Compose read a project.
 *
 * @throws ComposeRefused with its own words, unless they may hold a line of an env file
 */
export async function readWithCompose(
    cli: ComposeCli,
    {
        files,
        envFiles,
        env,
        fail,
    }: {
        files: string[];
        envFiles: string[];
        env: NodeJS.ProcessEnv;
        fail: (error: ComposeError, service: string) => void;
    },
): Promise<CliProject> {
    const options = [...files.flatMap(file => ["-f", file]), ...envFiles.flatMap(file => ["--env-file", file])];
    // Nothing but the config says which files and profiles there are: the result is the same on every machine.
    const { COMPOSE_FILE: _1, COMPOSE_PROFILES: _2, COMPOSE_ENV_FILES: _3, ...rest } = env;
    const { code, stdout, stderr } = await cli([...options, "--profile", "*", "config", "--format", "json"], {
        ...rest,
        COMPOSE_DISABLE_ENV_FILE: "true",
    });
    if (code !== 0) {
        throw new ComposeRefused(words(stderr, `docker compose ${[...options, "config", "--quiet"].join(" ")}`));
    }
    const config = withoutEscapes(parsePrivateJson(stdout)) as Fields;
    const project = String(config.name);
    const services = Object.entries(fieldsOf(config.services)).map(([name, service]) => [
        name,
        withDefaultNetwork(
            withoutUnset(canonicalService(fieldsOf(service), ["services", name], "/", error => fail(error, name))),
        ),
    ]);
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

/** `config` prints a file that Compose can read again: there `$` is written `$$`. */
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

/** A variable without a value is not in the container's environment. */
function withoutUnset(service: Fields): Fields {
    const set = Object.entries(fieldsOf(service.environment)).filter(([, value]) => value !== null);
    const { environment: _, env_file: _resolved, ...rest } = service;
    return set.length === 0 ? rest : { ...rest, environment: Object.fromEntries(set) };
}

/** `time="..." level=warning msg="..."`, where it concerns what is released. */
function warningsIn(stderr: string): string[] {
    const messages = [...stderr.matchAll(/level=warning msg="((?:\\.|[^"\\])*)"/g)];
    return messages
        .map(([, message = ""]) => message.replace(/\\(.)/g, "$1"))
        .filter(message => !message.includes("`version` is obsolete"));
}

/** The last line of what Compose says is its error. */
function words(stderr: string, command: string): string {
    const line = stderr.trim().split("\n").at(-1) ?? "";
    // These are about keys, types and names of variables, though the word `env` may be among them.
    const isOfKeys = [
        /^validating \S+: /,
        /^error while interpolating services\.\S+ required variable /,
        /^services\.\S+: unexpected type [\w.{}[\] ]+$/,
    ].some(pattern => pattern.test(line));
    return !isOfKeys && /env|variable name|unterminated/i.test(line)
        ? `is refused by Docker Compose; what it says is not repeated here, since it may hold a line of an env file: ${command}`
        : `is refused by Docker Compose: ${line}`;
}

function run([command = "", ...args]: string[], env: NodeJS.ProcessEnv): Promise<Output> {
    return new Promise(done => {
        // Not `timeout`: its timer outlives a program that could not be started, and holds up the end of ours.
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
