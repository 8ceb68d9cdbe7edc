import { Agent } from "node:https";
import type Modem from "docker-modem";
import Dockerode from "dockerode";
import { type EngineAddress, findEngineAddress, formatEngineAddress } from "./EngineAddress";
import { DockerUnreachable } from "./errors";

const pingTimeoutMs = 10_000;
/**
 * Longest that the Engine may take until it answers a call, milliseconds: it takes milliseconds, and seconds where the machine
 * is overloaded. What takes longer hangs.
 */
const longestAnswerMs = 120_000;

/**
 * One Docker Engine. Every call through `docker` fails with DockerUnreachable where no daemon answers, or not in time. A
 * stream is bounded until it begins, and a call with an `abortSignal` by that alone.
 */
export class Engine {
    readonly docker: Dockerode;

    private constructor(readonly address: EngineAddress) {
        this.docker = new Dockerode(clientOptions(address) as Dockerode.DockerOptions);
        explainConnectionErrors(this.docker, address);
    }

    /**
     * The Engine at the given address (`unix:///path` or `tcp://host:port`, TLS as DOCKER_TLS_VERIFY and
     * DOCKER_CERT_PATH say). Default: DOCKER_HOST, else the Docker CLI's current context, else /var/run/docker.sock.
     * Connects with the first call. Throws DockerUnreachable for an address that is not understood.
     */
    static connect(host?: string): Engine {
        return new Engine(findEngineAddress(host));
    }

    /** Whether the Engine is reached by a socket of this machine. */
    get isLocal(): boolean {
        return this.address.kind === "unix";
    }

    /** The host under which published ports are reachable from here. */
    get publishHost(): string {
        return this.address.kind === "unix" ? "127.0.0.1" : this.address.host;
    }

    /** Resolves when the daemon answers; else throws DockerUnreachable (after at most 10 s). */
    async ping(): Promise<void> {
        await this.get("/_ping", pingTimeoutMs);
    }

    /** A GET that dockerode has no bounded call for. Throws EngineTimeout when no answer comes within `timeoutMs`. */
    get<T>(path: string, timeoutMs: number, credentials?: object): Promise<T> {
        const abortSignal = AbortSignal.timeout(timeoutMs);
        const statusCodes = { 200: true };
        const authconfig = credentials && { ...credentials };
        const request = { method: "GET", path, authconfig, statusCodes, abortSignal };
        return new Promise((resolve, reject) => {
            this.docker.modem.dial(request, (error, result) =>
                error
                    ? reject(abortSignal.aborted ? new EngineTimeout(this.address, timeoutMs) : error)
                    : resolve(result as T),
            );
        });
    }

    /** The Docker host's clock, to the millisecond: the clock of every absolute time that we store. */
    async now(): Promise<Date> {
        const info = (await this.docker.info()) as { SystemTime?: string };
        const now = new Date(info.SystemTime ?? "");
        if (Number.isNaN(now.getTime())) {
            throw new Error(`The Docker Engine at ${formatEngineAddress(this.address)} does not tell its time.`);
        }
        return now;
    }
}

/** The Engine took a request and did not answer it in time. */
export class EngineTimeout extends DockerUnreachable {
    constructor(address: EngineAddress, timeoutMs: number) {
        super(`The Docker Engine at ${formatEngineAddress(address)} did not answer within ${timeoutMs / 1000} s.`);
    }
}

function clientOptions(address: EngineAddress): Modem.ConstructorOptions {
    // Everything is named, for docker-modem fills what is missing from DOCKER_HOST.
    const none = { host: undefined, port: undefined, socketPath: undefined, protocol: undefined };
    const noTls = { ca: undefined, cert: undefined, key: undefined, agent: undefined };
    if (address.kind === "unix") {
        return { ...none, ...noTls, socketPath: address.socketPath, protocol: "http" };
    }
    const { host, port, tls } = address;
    if (!tls) {
        return { ...none, ...noTls, host, port, protocol: "http" };
    }
    const { ca, cert, key, verify } = tls;
    const agent = new Agent({ ca, cert, key, rejectUnauthorized: verify, keepAlive: true });
    return { ...none, host, port, protocol: "https", ca, cert, key, agent };
}

/**
 * Wraps the one function that all of dockerode's calls go through, so that no caller sees a bare ECONNREFUSED or waits without
 * end.
 */
function explainConnectionErrors(docker: Dockerode, address: EngineAddress): void {
    const dial = docker.modem.dial.bind(docker.modem);
    docker.modem.dial = (options: Call, callback) => {
        const silence = new AbortController();
        const { signal } = silence;
        const answered = (error: Error | null, result: object | null) => {
            clearTimeout(timer);
            // docker-modem says nothing of a request that ends in the middle of its answer.
            if (!signal.aborted) {
                callback?.(error && explain(error, address), result);
            }
        };
        const limitMs = longestAnswerMs + stopGraceMs(options);
        const end = () => {
            silence.abort();
            callback?.(new EngineTimeout(address, limitMs), null);
        };
        const timer = options.abortSignal === undefined ? setTimeout(end, limitMs) : undefined;
        dial(
            { ...options, abortSignal: options.abortSignal ?? signal } as Modem.DialOptions,
            answered as typeof callback,
        );
    };
}

/** What dockerode asks of docker-modem, whose types leave some of it out. */
type Call = Modem.DialOptions & { abortSignal?: AbortSignal; options?: { t?: number } };

/** How long a container has to end by itself before the Engine answers a `stop`, milliseconds. */
function stopGraceMs({ path, options }: Call): number {
    return /\/stop\?/.test(path ?? "") ? (options?.t ?? 0) * 1_000 : 0;
}

function explain(error: NodeJS.ErrnoException, address: EngineAddress): Error {
    if ((error as { statusCode?: number }).statusCode !== undefined) {
        return error;
    }
    const where = `The Docker Engine at ${formatEngineAddress(address)} (from ${address.source})`;
    const start = address.kind === "unix" ? "Start it (`sudo systemctl start docker`, or Docker Desktop)" : "Start it";
    const elsewhere = "or say where it is with DOCKER_HOST or `pulumi config set relink:host`";
    switch (error.code) {
        case "ENOENT":
        case "ECONNREFUSED":
        case "ENOTFOUND":
        case "EHOSTUNREACH":
        case "ENETUNREACH":
        case "ETIMEDOUT":
        case "EAI_AGAIN":
            return new DockerUnreachable(`${where} does not answer (${error.code}). ${start}, ${elsewhere}.`);
        case "EACCES":
        case "EPERM":
            return new DockerUnreachable(
                `${where} may not be used by this user (${error.code}). ` +
                    "Add the user to the socket's group (`sudo usermod -aG docker $USER`, then log in again).",
            );
        case "ECONNRESET":
        case "EPIPE":
            return new DockerUnreachable(
                `${where} closed the connection (${error.code}): the daemon stopped or restarts.`,
            );
        default:
            return error.name === "AbortError" || error.name === "TimeoutError" || !isTls(error)
                ? error
                : tlsError(where, error);
    }
}

function isTls(error: NodeJS.ErrnoException): boolean {
    return /CERT|SSL|TLS|EPROTO|SELF_SIGNED|UNABLE_TO/.test(error.code ?? "");
}

function tlsError(where: string, error: NodeJS.ErrnoException): Error {
    return new DockerUnreachable(
        `${where} was refused by TLS (${error.code}: ${error.message}). Check DOCKER_TLS_VERIFY and DOCKER_CERT_PATH.`,
    );
}
