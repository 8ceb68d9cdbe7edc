import { withoutControls } from "../text/withoutControls";

/** The Docker Engine does not answer: there is no daemon, no permission, or the address is wrong. Its message says what to do. */
export class DockerUnreachable extends Error {
    override readonly name = "DockerUnreachable";
}

/** Why a container did not start. All but `other` can be mended by the settings. */
export type StartFailure = "port" | "mount" | "command" | "user" | "network" | "other";

/** Docker refused to create or start a container. Its message says what to change. */
export class StartFailed extends Error {
    override readonly name = "StartFailed";

    constructor(
        readonly reason: StartFailure,
        message: string,
    ) {
        super(message);
    }
}

/** Why an image is not available. */
export type ImageFailure = "denied" | "missing" | "unreachable" | "other";

/** Neither a registry nor the Docker host has the image. Its message names the image and quotes the registry. */
export class ImageNotFound extends Error {
    override readonly name = "ImageNotFound";

    constructor(
        readonly reason: ImageFailure,
        message: string,
        /** What the registry answered, without advice, for a caller that has an image to go on with. @default `message` */
        readonly refused = message,
    ) {
        super(message);
    }
}

/** A command cannot run in a container, because the container does not run or does not exist. */
export class ContainerNotRunning extends Error {
    override readonly name = "ContainerNotRunning";
}

/** @returns the HTTP status of the Engine's answer in an error; undefined where the error is not such an answer */
export function statusOf(error: unknown): number | undefined {
    const status = (error as { statusCode?: unknown } | undefined)?.statusCode;
    return typeof status === "number" ? status : undefined;
}

/** @returns the Engine's words in an error, without the HTTP status that the client library adds */
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
