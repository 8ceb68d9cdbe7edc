import type { Duplex } from "node:stream";
import type Dockerode from "dockerode";
import { poll } from "../time/poll";
import type { Engine } from "./Engine";
import { ContainerNotRunning, statusOf, wordsOf } from "./errors";
import { collect, DemultiplexedStream } from "./streams";

/** Longest that a command may take where the caller sets no limit, milliseconds: what takes longer hangs. */
const longestMs = 120_000;

/** What a command in a container answered. A non-zero exit code is an answer, not an error. */
export interface ExecResult {
    stdout: string;
    stderr: string;
    exitCode: number;
}

export interface ExecOptions {
    /** Written to the command's standard input, which is then closed. Default: an empty, closed input. */
    stdin?: Buffer | string;
    /** User name or id. Default: the container's user. */
    user?: string;
    /** More environment, as `NAME=value`. Visible to whoever may use the Docker API, so nothing secret. */
    env?: string[];
    /**
     * Ends the wait and closes the connection. The command sees the end of its input; Docker cannot kill it.
     * @default after two minutes
     */
    signal?: AbortSignal;
}

/**
 * Runs a command (no shell) in a running container and waits for its end. Three calls: create, start, read the exit
 * code. Throws ContainerNotRunning when there is nothing to run it in.
 */
export async function exec(
    engine: Engine,
    containerId: string,
    argv: string[],
    options: ExecOptions = {},
): Promise<ExecResult> {
    const { signal = endless(argv, containerId), stdin } = options;
    const { command, connection } = await begin(engine, containerId, argv, { ...options, signal });
    // Half-close: the command sees the end of its input, and we still read its output.
    connection.end(stdin);
    const { stdout, stderr } = await collect(engine, connection);
    const exitCode = await exitCodeOf(command, signal);
    return { stdout: stdout.toString("utf8"), stderr: stderr.toString("utf8"), exitCode };
}

/**
 * Runs a command whose standard input and output become one stream, for use as a socket. Ending it half-closes the
 * command's input; destroying it closes the connection.
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

/** Ends the wait for a command that hangs, as in a container that is paused. */
function endless([command]: string[], containerId: string): AbortSignal {
    const silence = new AbortController();
    const late = new Error(`${command} in the container ${containerId} has not ended within ${longestMs / 1000} s`);
    setTimeout(() => silence.abort(late), longestMs).unref();
    return silence.signal;
}

/** The stream can end a moment before the daemon has noted the exit. */
function exitCodeOf(command: Dockerode.Exec, signal: AbortSignal): Promise<number> {
    const look = async () => {
        const { Running: running, ExitCode: exitCode } = await command.inspect();
        return running ? undefined : (exitCode ?? undefined);
    };
    return poll(look, { firstMs: 2, longestMs: 200, signal });
}
