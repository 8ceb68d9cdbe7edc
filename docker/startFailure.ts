import { withoutSecrets } from "../text/withoutSecrets";
import { StartFailed, statusOf, wordsOf } from "./errors";

interface Cause {
    words: RegExp;
    reason: StartFailed["reason"];
    advice: string;
}

/** What Docker says where it does not create or start a container, the most specific words first. */
const causes: Cause[] = [
    {
        words: /port is already allocated|bind: address already in use|failed to bind host port/i,
        reason: "port",
        advice: "One of its ports is in use on the Docker host. Free that port, or set another one.",
    },
    {
        words: /invalid mount|bind source path does not exist|error while creating mount|error mounting|read-only file system/i,
        reason: "mount",
        advice: "Check the service's `volumes`: the source must exist on the Docker host and fit the target.",
    },
    {
        words: /unable to find (user|group)|no matching entries in passwd|invalid user/i,
        reason: "user",
        advice: "The service's `user` is not in the image. Use a number, or a name of the image's /etc/passwd.",
    },
    {
        words: /executable file not found|no such file or directory|exec format error|permission denied|no command specified/i,
        reason: "command",
        advice:
            "The program to start is not in the image, may not be executed, or is for another processor. " +
            "Check `command`, `entrypoint` and the image's platform.",
    },
    {
        words: /network .*not found|could not find network|address already in use|no configured subnet|invalid (endpoint|address)|not attachable|manually attachable/i,
        reason: "network",
        advice:
            "Check the service's `networks`: they must exist on the Docker host, " +
            "and the container's address must be free.",
    },
];

const unknownCause: Omit<Cause, "words"> = { reason: "other", advice: "" };

/**
 * Explains why Docker did not create or start a container.
 * @param secretValues removed from Docker's words. @default none
 * @returns StartFailed with advice and Docker's words; the error itself where it is not an answer of the Engine
 */
export function startFailure(name: string, error: unknown, secretValues: Record<string, string> = {}): unknown {
    if (error instanceof StartFailed || statusOf(error) === undefined) {
        return error;
    }
    const words = withoutSecrets(wordsOf(error), Object.values(secretValues));
    const { reason, advice } = causes.find(cause => cause.words.test(words)) ?? unknownCause;
    return new StartFailed(
        reason,
        [`${name} did not start.`, advice, `Docker says: ${words}`].filter(Boolean).join(" "),
    );
}
