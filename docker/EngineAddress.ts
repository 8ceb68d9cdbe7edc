import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parsePrivateJson } from "../text/privateJson";
import { DockerUnreachable } from "./errors";

/** The socket that every Docker client uses where nothing names an Engine. */
export const defaultSocket = "/var/run/docker.sock";
const plainPort = 2375;
const tlsPort = 2376;

/** The files that a TLS connection to a daemon needs. */
export interface EngineTls {
    /** @default the system's certificate authorities */
    ca?: Buffer;
    cert?: Buffer;
    key?: Buffer;
    /** Whether to check the daemon's certificate. */
    verify: boolean;
    /** The folder of these files. */
    folder?: string;
}

/** Where a Docker Engine listens. `source` says in a message where the address comes from. */
export type EngineAddress = { source: string } & (
    | { kind: "unix"; socketPath: string }
    | { kind: "tcp"; host: string; port: number; tls?: EngineTls }
);

/** Where an address of the stack config comes from. */
const configKey = "relink:host";

type Environment = Record<string, string | undefined>;

/**
 * Finds the address of the Docker Engine, in the Docker CLI's order: the given host, DOCKER_HOST, the CLI's current context
 * (DOCKER_CONTEXT or `docker context use`), /var/run/docker.sock.
 * @throws DockerUnreachable where the address is not understood, or the context does not exist
 */
export function findEngineAddress(host: string | undefined, env: Environment = process.env): EngineAddress {
    if (host !== undefined && host !== "") {
        return parseEngineAddress(host, configKey, tlsOfEnvironment(env));
    }
    if (env.DOCKER_HOST) {
        return parseEngineAddress(env.DOCKER_HOST, "DOCKER_HOST", tlsOfEnvironment(env));
    }
    return ofContext(env) ?? { kind: "unix", socketPath: defaultSocket, source: "the default socket" };
}

/**
 * Parses `unix:///path` and `tcp://host:port`, also without the scheme.
 * @throws DockerUnreachable
 */
export function parseEngineAddress(text: string, source: string, tls?: EngineTls): EngineAddress {
    if (text.startsWith("unix://") || text.startsWith("/")) {
        return { kind: "unix", socketPath: text.replace(/^unix:\/\//, "") || defaultSocket, source };
    }
    const url = parseUrl(text.includes("://") ? text : `tcp://${text}`);
    if (!url || !["tcp:", "http:", "https:"].includes(url.protocol) || url.hostname === "") {
        const tunnel =
            url?.protocol === "ssh:" ? `, for instance \`ssh -nNT -L /tmp/docker.sock:${defaultSocket} HOST\`` : "";
        throw new DockerUnreachable(
            `Docker address "${text}" (from ${source}) is not understood. ` +
                `Use unix:///path/docker.sock or tcp://host:port${tunnel}.`,
        );
    }
    const secured = tls ?? (url.protocol === "https:" ? { verify: true } : undefined);
    const port = url.port === "" ? (secured ? tlsPort : plainPort) : Number(url.port);
    return { kind: "tcp", host: url.hostname.replace(/^\[|\]$/g, ""), port, tls: secured, source };
}

/**
 * @returns how a shell runs the Docker CLI on an Engine. The CLI follows DOCKER_HOST and the context by itself, but does not
 * know the stack config
 */
export function dockerCommand(address: EngineAddress): string {
    if (address.source !== configKey) {
        return "docker";
    }
    const host = formatEngineAddress(address);
    return `docker -H ${/^[\w./:@-]+$/.test(host) ? host : `'${host.replaceAll("'", "'\\''")}'`}`;
}

/** @returns the address as Docker writes it */
export function formatEngineAddress(address: EngineAddress): string {
    if (address.kind === "unix") {
        return `unix://${address.socketPath}`;
    }
    const host = address.host.includes(":") ? `[${address.host}]` : address.host;
    return `tcp://${host}:${address.port}`;
}

/**
 * @returns a warning where secrets would go over a network without TLS; undefined where they do not. An address of this
 * machine counts as safe, because it may be the end of a tunnel.
 */
export function dangerOf(address: EngineAddress): string | undefined {
    if (address.kind === "unix" || address.tls !== undefined || /^(localhost|127\..*|::1)$/.test(address.host)) {
        return undefined;
    }
    return (
        `The Docker Engine at ${formatEngineAddress(address)} (from ${address.source}) is reached without TLS. Anyone who ` +
        "can listen on the way reads the services' secrets, and anyone who reaches that port owns the Docker host. " +
        "Use TLS (DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH), or a tunnel: " +
        `ssh -nNT -L /tmp/docker.sock:${defaultSocket} ${address.host}`
    );
}

/** @returns the folder of the Docker CLI's configuration: DOCKER_CONFIG, else ~/.docker */
export function dockerConfigFolder(env: Environment = process.env): string {
    return env.DOCKER_CONFIG || join(env.HOME || homedir(), ".docker");
}

function tlsOfEnvironment(env: Environment): EngineTls | undefined {
    if (!env.DOCKER_TLS_VERIFY && !env.DOCKER_TLS) {
        return undefined;
    }
    return readTls(env.DOCKER_CERT_PATH || dockerConfigFolder(env), Boolean(env.DOCKER_TLS_VERIFY));
}

function ofContext(env: Environment): EngineAddress | undefined {
    const folder = dockerConfigFolder(env);
    const name =
        env.DOCKER_CONTEXT || readJson<{ currentContext?: string }>(join(folder, "config.json"))?.currentContext;
    if (!name || name === "default") {
        return undefined;
    }
    const hash = createHash("sha256").update(name).digest("hex");
    const endpoint = readJson<ContextFile>(join(folder, "contexts", "meta", hash, "meta.json"))?.Endpoints?.docker;
    if (!endpoint?.Host) {
        throw new DockerUnreachable(
            `The Docker context "${name}" does not exist. Choose another one with \`docker context use NAME\`.`,
        );
    }
    const tlsFolder = join(folder, "contexts", "tls", hash, "docker");
    const tls = existsSync(tlsFolder) ? readTls(tlsFolder, !endpoint.SkipTLSVerify) : undefined;
    return parseEngineAddress(endpoint.Host, `the Docker context "${name}"`, tls);
}

interface ContextFile {
    Endpoints?: { docker?: { Host?: string; SkipTLSVerify?: boolean } };
}

function readTls(folder: string, verify: boolean): EngineTls {
    const read = (name: string) => {
        const path = join(folder, name);
        return existsSync(path) ? readFileSync(path) : undefined;
    };
    return { ca: read("ca.pem"), cert: read("cert.pem"), key: read("key.pem"), verify, folder };
}

function readJson<T>(path: string): T | undefined {
    try {
        return parsePrivateJson(readFileSync(path, "utf8")) as T;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            return undefined;
        }
        throw new DockerUnreachable(`${path} cannot be read: ${(error as Error).message}`);
    }
}

function parseUrl(text: string): URL | undefined {
    try {
        return new URL(text);
    } catch {
        return undefined;
    }
}
