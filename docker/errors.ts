import { withoutControls } from "../text/withoutControls";

/** The Docker Engine does not answer: no daemon, no permission, wrong address. The message says the next step. */
export class DockerUnreachable extends Error {
    override readonly name = "DockerUnreachable";
}

/** Why a container did not start; `port`, `mount`, `command`, `user` and `network` are what the settings can mend. */
export type StartFailure = "port" | "mount" | "command" | "user" | "network" | "other";

/** Docker refused to create or start a container. The message says what to change. */
export class StartFailed extends Error {
    override readonly name = "StartFailed";

    constructor(
        readonly reason: StartFailure,
        message: string,
    ) {
        super(message);
    }
}

/** Why an image could not be had. */
export type ImageFailure = "denied" | "missing" | "unreachable" | "other";

/** Neither a registry nor the Docker host has the image. The message holds what was asked and the registry's words. */
export class ImageNotFound extends Error {
    override readonly name = "ImageNotFound";

    constructor(
        readonly reason: ImageFailure,
        message: string,
        /** What the registry did, without a next step: for a caller that uses an image it has already. */
        readonly refused = message,
    ) {
        super(message);
    }
}

/** A command was to run in a container that is not running (or does not exist). */
export class ContainerNotRunning extends Error {
    override readonly name = "ContainerNotRunning";
}

/** HTTP status of an answer of the Engine that came as an error, or undefined. */
export function statusOf(error: unknown): number | undefined {
    const status = (error as { statusCode?: unknown } | undefined)?.statusCode;
    return typeof status === "number" ? status : undefined;
}

/** The Engine's own words in an error, without the HTTP decoration that the client library puts around them. */
export function wordsOf(error: unknown): string {
    const answer = (error as { json?: { message?: unknown } } | undefined)?.json?.message;
    if (typeof answer === "string" && answer.trim() !== "") {
        return withoutControls(answer).trim();
    }
    const message = error instanceof Error ? error.message : String(error);
    return withoutControls(message)
        .replace(/^\(HTTP code \d+\) [^-]*- /, "")
        .trim();
}
