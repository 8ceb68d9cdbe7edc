import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ImageReference } from "../model/ImageReference";
import type { Settings } from "../model/Settings";
import { environmentForOthers } from "../text/environment";
import { parsePrivateJson } from "../text/privateJson";
import { dockerConfigFolder } from "./EngineAddress";

/** How long a credential helper may take, milliseconds. */
const helperTimeoutMs = 20_000;
/** The user name under which credential helpers keep identity tokens. */
const tokenUser = "<token>";

/** A login that the Engine forwards to a registry. */
export type RegistryLogin =
    | { username: string; password: string; serveraddress: string }
    | { identitytoken: string; serveraddress: string };

/** @returns the secret values of a login. A registry's answer may repeat them. */
export function secretsOf(login: RegistryLogin | undefined): string[] {
    if (login === undefined) {
        return [];
    }
    return "password" in login ? [login.password] : [login.identitytoken];
}

interface DockerConfig {
    auths?: Record<string, { auth?: string; username?: string; password?: string; identitytoken?: string }>;
    credHelpers?: Record<string, string>;
    credsStore?: string;
}

/** Logins for registries: those of `relink:registries` go before the Docker CLI's (config file and credential helpers). */
export class Credentials {
    private readonly asked = new Map<string, Promise<RegistryLogin | undefined>>();

    private constructor(
        private readonly registries: Settings["registries"],
        private readonly config: DockerConfig,
        private readonly env: NodeJS.ProcessEnv,
    ) {}

    /** Reads config.json in DOCKER_CONFIG or ~/.docker, if it is there. Asks a helper only once an image needs it. */
    static async load(registries: Settings["registries"], env: NodeJS.ProcessEnv = process.env): Promise<Credentials> {
        return new Credentials(registries, await readConfig(join(dockerConfigFolder(env), "config.json")), env);
    }

    /**
     * @returns the login for an image's registry; undefined where there is none, so that the registry is asked without one
     * @throws Error where the credential helper fails
     */
    forImage(image: ImageReference): Promise<RegistryLogin | undefined> {
        const server = image.serverAddress;
        const known = this.asked.get(server);
        if (known) {
            return known;
        }
        const login = this.find(server);
        this.asked.set(server, login);
        return login;
    }

    private async find(server: string): Promise<RegistryLogin | undefined> {
        const wanted = hostOf(server);
        const own = this.registries.find(({ address }) => hostOf(address) === wanted);
        if (own) {
            return { username: own.username, password: own.password, serveraddress: server };
        }
        const { credHelpers = {}, credsStore, auths = {} } = this.config;
        const helper = byHost(credHelpers, wanted) ?? credsStore;
        const kept = helper ? await askHelper(helper, server, this.env) : undefined;
        return kept ?? loginOfEntry(byHost(auths, wanted), server);
    }
}

/** @returns one spelling of a registry for all that config files use. The Docker Hub has several names. */
function hostOf(address: string): string {
    const host = address
        .replace(/^https?:\/\//, "")
        .replace(/\/.*$/, "")
        .toLowerCase();
    return ["index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"].includes(host) ? "docker.io" : host;
}

function byHost<T>(entries: Record<string, T>, wanted: string): T | undefined {
    return Object.entries(entries).find(([address]) => hostOf(address) === wanted)?.[1];
}

function loginOfEntry(entry: NonNullable<DockerConfig["auths"]>[string] | undefined, serveraddress: string) {
    if (!entry) {
        return undefined;
    }
    if (entry.identitytoken) {
        return { identitytoken: entry.identitytoken, serveraddress };
    }
    const decoded = Buffer.from(entry.auth ?? "", "base64").toString("utf8");
    const colon = decoded.indexOf(":");
    const username = entry.username ?? decoded.slice(0, Math.max(colon, 0));
    // Old files pad the decoded text with NUL characters.
    const password = entry.password ?? (colon < 0 ? "" : decoded.slice(colon + 1).replace(/\0+$/, ""));
    return username === "" ? undefined : { username, password, serveraddress };
}

async function readConfig(path: string): Promise<DockerConfig> {
    try {
        return parsePrivateJson(await readFile(path, "utf8")) as DockerConfig;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            return {};
        }
        throw new Error(
            `${path} cannot be read (${(error as Error).message}). Mend it, or set DOCKER_CONFIG to another folder.`,
        );
    }
}

/**
 * Runs `docker-credential-NAME get`.
 * @returns the login; undefined where the helper has none for this server
 */
async function askHelper(name: string, server: string, env: NodeJS.ProcessEnv): Promise<RegistryLogin | undefined> {
    const program = `docker-credential-${name}`;
    const { code, stdout, stderr } = await run(program, ["get"], `${server}\n`, env);
    if (code !== 0) {
        // Helpers print this fixed sentence. Any other one is a failure of the helper itself.
        if (/credentials not found/i.test(stdout + stderr)) {
            return undefined;
        }
        // Helpers print an error on either stream. JSON is an answer in spite of the error, and holds a password.
        const words = (stderr || stdout).trim();
        throw new Error(`${program} failed for ${server}: ${words.startsWith("{") ? code : words.slice(0, 300)}`);
    }
    const { Username: username, Secret: secret } = parseAnswer(program, server, stdout);
    if (!username || secret === undefined) {
        return undefined;
    }
    return username === tokenUser
        ? { identitytoken: secret, serveraddress: server }
        : { username, password: secret, serveraddress: server };
}

function parseAnswer(program: string, server: string, text: string): { Username?: string; Secret?: string } {
    try {
        return Object(parsePrivateJson(text)) as object;
    } catch (error) {
        throw new Error(`What ${program} answered for ${server} is not understood: ${(error as Error).message}`);
    }
}

function run(program: string, args: string[], input: string, env: NodeJS.ProcessEnv) {
    return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
        const child = spawn(program, args, {
            env: environmentForOthers(env),
            stdio: ["pipe", "pipe", "pipe"],
            // Not `timeout`: where the program cannot be started, its timer goes on and keeps this process from ending.
            signal: AbortSignal.timeout(helperTimeoutMs),
        });
        let stdout = "";
        let stderr = "";
        child.stdout.on("data", chunk => (stdout += chunk));
        child.stderr.on("data", chunk => (stderr += chunk));
        child.once("error", error =>
            reject(
                new Error(
                    `The credential helper ${program}, which Docker's config.json names, does not run: ${error.message}`,
                ),
            ),
        );
        child.once("close", code => resolve({ code, stdout, stderr }));
        child.stdin.on("error", () => undefined); // a helper may answer without reading its input
        child.stdin.end(input);
    });
}
