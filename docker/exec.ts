import type { Duplex } from "node:stream";
import type Dockerode from "dockerode";
import { poll } from "../time/poll";
import type { Engine } from "./Engine";
import { ContainerNotRunning, statusOf, wordsOf } from "./errors";
import { collect, DemultiplexedStream } from "./streams";

/** How long a command may take where the caller sets no limit, milliseconds. A command that takes longer hangs. */
const longestMs = 120_000;

/** What a command in a container printed, and its exit code. */
export interface ExecResult {
    stdout: string;
    stderr: string;
    exitCode: number;
}

/** How a command runs in a container. */
export interface ExecOptions {
    /** The command's standard input, which is closed behind it. @default empty */
    stdin?: Buffer | string;
    /** User name or id. @default the container's user */
    user?: string;
    /** More environment variables, `NAME=value`, none of them secret: every client of the Docker API can read them. */
    env?: string[];
    /**
     * Ends the wait and closes the connection. The command sees the end of its input. Docker cannot kill it.
     * @default after two minutes
     */
    signal?: AbortSignal;
}

/**
 * Runs a command, without a shell, in a running container and waits for its end. Makes three calls: create, start, read the
 * exit code.
 * @returns its output and exit code, also where that is not 0
 * @throws ContainerNotRunning
 */
export async function exec(
    engine: Engine,
    containerId: string,
    argv: string[],
    options: ExecOptions = {},
): Promise<ExecResult> {
    const { signal = endless(argv, containerId), stdin } = options;
    const { command, connection } = await begin(engine, containerId, argv, { ...options, signal });
    // A half-close: the command sees the end of its input, and its output still comes.
    connection.end(stdin);
    const { stdout, stderr } = await collect(engine, connection);
    const exitCode = await exitCodeOf(command, signal);
    return { stdout: stdout.toString("utf8"), stderr: stderr.toString("utf8"), exitCode };
}

/**
 * Runs a command whose standard input and output become one stream, for use as a socket.
 * @returns the stream. `end` closes the command's input, `destroy` the connection.
 * @throws ContainerNotRunning
 */
export async function execStream(
    engine: Engine,
    containerId: string,
    argv: string[],
    options: Omit<ExecOptions, "stdin"> = {},
): Promise<Duplex> {
    const { connection } = await begin(engine, containerId, argv, options);
    return new DemultiplexedStream(engine, connection);
}

async function begin(engine: Engine, containerId: string, argv: string[], options: ExecOptions) {
    const { user, env, signal } = options;
    try {
        signal?.throwIfAborted();
        const command = await engine.docker.getContainer(containerId).exec({
            AttachStdin: true,
            AttachStdout: true,
            AttachStderr: true,
            Cmd: argv,
            User: user,
            Env: env,
        });
        const connection = (await command.start({ hijack: true, stdin: true })) as Duplex;
        closeOnAbort(connection, signal);
        return { command, connection };
    } catch (error) {
        if (signal?.aborted || ![404, 409].includes(statusOf(error) ?? 0)) {
            throw error;
        }
        throw new ContainerNotRunning(`${argv[0]} cannot run in the container ${containerId}: ${wordsOf(error)}`);
    }
}

function closeOnAbort(connection: Duplex, signal: AbortSignal | undefined): void {
    if (!signal) {
        return;
    }
    const close = () => connection.destroy(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
    if (signal.aborted) {
        close();
        return;
    }
    signal.addEventListener("abort", close, { once: true });
    connection.once("close", () => signal.removeEventListener("abort", close));
}

/** @returns a signal that ends the wait for a command that hangs, as in a paused container */
function endless([command]: string[], containerId: string): AbortSignal {
    const silence = new AbortController();
    const late = new Error(`${command} in the container ${containerId} has not ended within ${longestMs / 1000} s`);
    setTimeout(() => silence.abort(late), longestMs).unref();
    return silence.signal;
}

/** Asks again until the daemon knows the exit code: the stream can end a moment before. */
function exitCodeOf(command: Dockerode.Exec, signal: AbortSignal): Promise<number> {
    const look = async () => {
        const { Running: running, ExitCode: exitCode } = await command.inspect();
        return running ? undefined : (exitCode ?? undefined);
    };
    return poll(look, { firstMs: 2, longestMs: 200, signal });
}
