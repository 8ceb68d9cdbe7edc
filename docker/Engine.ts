import { Agent } from "node:https";
import type Modem from "docker-modem";
import Dockerode from "dockerode";
import { type EngineAddress, findEngineAddress, formatEngineAddress } from "./EngineAddress";
import { DockerUnreachable } from "./errors";

const pingTimeoutMs = 10_000;
/**
 * How long the Engine may take to answer a call, milliseconds. It needs milliseconds, or seconds on an overloaded machine. A
 * call that takes longer hangs.
 */
const longestAnswerMs = 120_000;

/**
 * One Docker Engine. Every call through `docker` fails with DockerUnreachable where no daemon answers in time. For a stream
 * the time limit ends when the stream begins. A call with an `abortSignal` has no other limit.
 */
export class Engine {
    readonly docker: Dockerode;

    private constructor(readonly address: EngineAddress) {
        this.docker = new Dockerode(clientOptions(address) as Dockerode.DockerOptions);
        explainConnectionErrors(this.docker, address);
    }

    /**
     * Makes a client of an Engine. It connects with the first call.
     * @param host `unix:///path` or `tcp://host:port`, with TLS as DOCKER_TLS_VERIFY and DOCKER_CERT_PATH say.
     * @default DOCKER_HOST, else the Docker CLI's current context, else /var/run/docker.sock
     * @throws DockerUnreachable for an address that it does not understand
     */
    static connect(host?: string): Engine {
        return new Engine(findEngineAddress(host));
    }

    /** Whether the Engine listens on a socket of this machine. */
    get isLocal(): boolean {
        return this.address.kind === "unix";
    }

    /** The host at which this machine reaches published ports. */
    get publishHost(): string {
        return this.address.kind === "unix" ? "127.0.0.1" : this.address.host;
    }

    /**
     * Asks the daemon for a sign of life.
     * @throws DockerUnreachable where it does not answer within 10 s
     */
    async ping(): Promise<void> {
        await this.get("/_ping", pingTimeoutMs);
    }

    /**
     * Makes a GET request for which dockerode has no call with a time limit.
     * @param credentials login for the registry that the Engine asks. @default none
     * @throws EngineTimeout where no answer comes within `timeoutMs`
     */
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

    /** @returns the time by the Docker host's clock, to the millisecond. Every time that relink stores is by this clock. */
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
    // Each option is set, because docker-modem takes a missing one from DOCKER_HOST.
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
 * Wraps the function that makes all of dockerode's calls. It gives each call a time limit, and explains errors such as
 * ECONNREFUSED.
 */
function explainConnectionErrors(docker: Dockerode, address: EngineAddress): void {
    const dial = docker.modem.dial.bind(docker.modem);
    docker.modem.dial = (options: Call, callback) => {
        const silence = new AbortController();
        const { signal } = silence;
        const answered = (error: Error | null, result: object | null) => {
            clearTimeout(timer);
            // docker-modem does not report a request that ends in the middle of its answer, so `end` does.
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

/** What dockerode passes to docker-modem. The types of docker-modem lack two of these options. */
type Call = Modem.DialOptions & { abortSignal?: AbortSignal; options?: { t?: number } };

/** @returns how long the Engine waits for a container to end before it answers a `stop`, milliseconds; 0 for other calls */
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
