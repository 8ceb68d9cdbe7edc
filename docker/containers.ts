import { Readable } from "node:stream";
import { withoutSecrets } from "../text/withoutSecrets";
import { retry } from "../time/retry";
import type { Engine } from "./Engine";
import { statusOf } from "./errors";
import { startFailure } from "./startFailure";
import { demultiplex } from "./streams";

export { inspectContainers, listContainers } from "./ContainerInfo";

const maxLineCharacters = 500;
/** How long another client's removal of a container may take, milliseconds. */
const longestRemovalMs = 30_000;

/**
 * Starts a container. Does nothing where it runs already.
 * @param secretValues removed from Docker's words. @default none
 * @throws StartFailed with Docker's words
 */
export async function startContainer(
    engine: Engine,
    id: string,
    secretValues: Record<string, string> = {},
): Promise<void> {
    const container = engine.docker.getContainer(id);
    try {
        await container.start();
    } catch (error) {
        if (statusOf(error) === 304) {
            return;
        }
        const name = await container.inspect().then(
            info => info.Name.replace(/^\//, ""),
            () => id,
        );
        throw startFailure(name, error, secretValues);
    }
}

/**
 * Stops a container: sends its stop signal, and SIGKILL after `graceMs`. Sets its restart policy to `no` before, because
 * otherwise Docker starts it again with the daemon. Does nothing where the container is stopped or gone.
 * @param graceMs milliseconds, rounded up to whole seconds
 */
export async function stopContainer(engine: Engine, id: string, graceMs: number): Promise<void> {
    try {
        await setRestartPolicy(engine, id, "no");
        await engine.docker.getContainer(id).stop({ t: Math.ceil(graceMs / 1000) });
    } catch (error) {
        if (![304, 404].includes(statusOf(error) ?? 0)) {
            throw error;
        }
    }
}

/** Removes a container, running or not, with its anonymous volumes. Resolves when it is gone. */
export async function removeContainer(engine: Engine, id: string): Promise<void> {
    const container = engine.docker.getContainer(id);
    try {
        await retry(() => container.remove({ force: true, v: true }), {
            isTransient: isBeingRemoved,
            firstMs: 20,
            longestMs: 500,
            deadline: Date.now() + longestRemovalMs,
        });
    } catch (error) {
        if (statusOf(error) !== 404) {
            throw error;
        }
    }
}

/** Another client's removal of the container is under way. */
function isBeingRemoved(error: unknown): boolean {
    return statusOf(error) === 409;
}

/** Sends a signal to a container's first process. Does nothing where the container does not run. */
export async function sendSignal(engine: Engine, id: string, signal: NodeJS.Signals): Promise<void> {
    try {
        await engine.docker.getContainer(id).kill({ signal });
    } catch (error) {
        if (![404, 409].includes(statusOf(error) ?? 0)) {
            throw error;
        }
    }
}

/** Sets what Docker does when the container exits. */
export async function setRestartPolicy(
    engine: Engine,
    id: string,
    policy: "no" | "always" | "unless-stopped" | "on-failure",
): Promise<void> {
    await engine.docker.getContainer(id).update({ RestartPolicy: { Name: policy } });
}

/**
 * Reads the last lines that a container wrote.
 * @param secretValues removed from the lines
 * @param count how many lines at most
 * @returns the lines, oldest first, without control characters and each cut after 500 characters. None where the container is
 * gone, or its logging driver keeps nothing to read
 */
export async function lastLogLines(
    engine: Engine,
    id: string,
    secretValues: Iterable<string>,
    count = 50,
): Promise<string[]> {
    let logs: Buffer;
    try {
        logs = await engine.docker.getContainer(id).logs({ stdout: true, stderr: true, tail: count, follow: false });
    } catch (error) {
        if (statusOf(error) !== undefined) {
            return [];
        }
        throw error;
    }
    const chunks: Buffer[] = [];
    const source = Readable.from([logs], { objectMode: false });
    const keep = (chunk: Buffer) => chunks.push(chunk);
    demultiplex(engine, source, keep, keep);
    await new Promise(resolve => source.once("end", resolve));
    return Buffer.concat(chunks)
        .toString("utf8")
        .split("\n")
        .map(line => readable(line, secretValues))
        .filter(line => line !== "")
        .slice(-count);
}

/** Removes secrets before it cuts the line, because half a secret is not recognised. */
function readable(line: string, secretValues: Iterable<string>): string {
    const text = withoutSecrets(line, secretValues);
    return text.length > maxLineCharacters ? `${text.slice(0, maxLineCharacters)}...` : text.trimEnd();
}
