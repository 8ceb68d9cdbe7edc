import type { ImageReference } from "../model/ImageReference";
import { withoutSecrets } from "../text/withoutSecrets";
import { type ImageFailure, ImageNotFound, wordsOf } from "./errors";

/** Why a registry did not answer with a digest or an image. */
export interface Refusal {
    reason: ImageFailure;
    /** The registry's words, or the Engine's. */
    words: string;
    /** The words of a credential helper that failed, so that the registry was asked without a login. @default none failed */
    helperSays?: string;
}

/**
 * Sorts a registry's refusal by its words: the statuses that the Engine passes on vary with its version.
 * @param secretValues values that the registry knows and may repeat. They are removed from its words. @default none
 */
export function refusalOf(error: unknown, secretValues: string[] = []): Refusal {
    const words = withoutSecrets(wordsOf(error), secretValues);
    if (
        /unauthorized|denied|authentication required|no basic auth|forbidden|incorrect username or password/i.test(
            words,
        )
    ) {
        return { reason: "denied", words };
    }
    // This is not a registry's answer. A proxy, or another server at that address, answers so for every path.
    if (/404 page not found|error parsing HTTP \d+ response|<html/i.test(words)) {
        return { reason: "unreachable", words };
    }
    if (/manifest unknown|not found|name unknown|repository name not known|no such image/i.test(words)) {
        return { reason: "missing", words };
    }
    if (
        /no such host|connection refused|timeout|timed out|deadline exceeded|i\/o|unreachable|dial tcp|EOF|x509|tls|reset by peer|server misbehaving|network|proxyconnect|server gave HTTP response|toomanyrequests|status: 5\d\d|50\d/i.test(
            words,
        )
    ) {
        return { reason: "unreachable", words };
    }
    return { reason: "other", words };
}

/** @returns a sentence that says why a registry did not answer with a digest */
export function refused(image: ImageReference, { reason, words, helperSays }: Refusal): string {
    if (isForLackOfLogin({ reason, helperSays })) {
        return `There is no login for the registry ${image.registry} (${helperSays}).`;
    }
    const what = {
        denied: "denied access",
        unreachable: "cannot be reached",
        missing: `does not list ${image.text}`,
        other: "failed",
    }[reason];
    return `The registry ${image.registry} ${what} (${words}).`;
}

const nextStepOf: Record<ImageFailure, (image: ImageReference) => string> = {
    denied: image =>
        `Log in with \`docker login${image.registry === "docker.io" ? "" : ` ${image.registry}`}\` on this machine or ` +
        "set `relink:registries`; a registry also says this of an image that does not exist, so check its name.",
    missing: () => "Check the repository and the tag, and that it was pushed.",
    unreachable: image =>
        `Check that the Docker host reaches ${image.registry}, or load the image onto the Docker host.`,
    other: () => "Check the image's name and the registry.",
};

/** @returns the error for an image that neither the registry nor the Docker host has, with what to do */
export function notFound(image: ImageReference, refusal: Refusal): ImageNotFound {
    const { reason, words, helperSays } = refusal;
    if (isForLackOfLogin(refusal)) {
        const message =
            `There is no login for the registry ${image.registry} of the image ${image.text}: ${helperSays}. ` +
            "Log in there again on this machine, with the tool that the helper belongs to, or set `relink:registries`. " +
            `The registry says: ${words}`;
        return new ImageNotFound(reason, message, refused(image, refusal));
    }
    const what = {
        denied: `The registry ${image.registry} denied the image ${image.text}`,
        missing: `The registry ${image.registry} has no image ${image.text}, nor has the Docker host`,
        unreachable: `The registry ${image.registry} cannot be reached, and the Docker host has no image ${image.text}`,
        other: `The image ${image.text} is not available`,
    }[reason];
    const message = `${what}. ${nextStepOf[reason](image)} The registry says: ${words}`;
    return new ImageNotFound(reason, message, refused(image, refusal));
}

/** @returns whether the registry denied access to a request that had no login because a credential helper failed */
function isForLackOfLogin({ reason, helperSays }: Pick<Refusal, "reason" | "helperSays">): boolean {
    return reason === "denied" && helperSays !== undefined;
}
