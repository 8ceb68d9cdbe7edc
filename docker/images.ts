import type { Readable } from "node:stream";
import type { ImageIdentity } from "../model/ImageIdentity";
import type { ImageReference } from "../model/ImageReference";
import { withoutControls } from "../text/withoutControls";
import { type Credentials, type RegistryLogin, secretsOf } from "./credentials";
import type { Engine } from "./Engine";
import { EngineTimeout } from "./Engine";
import { type ImageFailure, ImageNotFound, statusOf } from "./errors";
import { findLocal, inspectImage, type LocalImage, looksLocal } from "./localImages";
import { type PullMessage, PullProgress } from "./PullProgress";
import { notFound, type Refusal, refusalOf, refused } from "./refusals";

/** How long a registry may take to answer with a digest, milliseconds. */
const registryTimeoutMs = 5_000;
/** The same for a name whose local image seems to be built on the Docker host. */
const registryTimeoutForLocalMs = 2_000;

/** A name, and the image that it means. */
export interface NamedImage extends ImageIdentity {
    reference: ImageReference;
}

/** The image that a name means right now. */
export interface ResolvedImage extends NamedImage {
    /** The registry's digest of the name, where the Docker host's own image of that name is used instead. */
    answered?: string;
    /** Why the registry did not answer with a digest, so that the Docker host's image is used. */
    refused?: { reason: ImageFailure; sentence: string };
    /** Tells the user that the image comes from a place that the user may not expect. */
    warning?: string;
}

/**
 * Finds the image that a name means. Asks the Docker host, then through the Engine the registry, for at most 5 s. Where the
 * registry does not have the image or does not answer, the Docker host's image is used.
 * @throws ImageNotFound where neither has the image
 */
export async function resolveImage(
    engine: Engine,
    reference: ImageReference,
    credentials: Credentials,
): Promise<ResolvedImage> {
    const local = await findLocal(engine, reference);
    if (reference.id !== undefined) {
        if (!local) {
            const message = `The Docker host has no image ${reference.text}. Build or load it there.`;
            throw new ImageNotFound("missing", message);
        }
        return { reference, digest: local.id, imageId: local.id, source: "local" };
    }
    // A digest always means the same image, so there is no need to ask the registry.
    if (reference.digest !== undefined && local) {
        return { reference, digest: reference.digest, imageId: local.id, source: local.source };
    }
    const isLocal = local !== undefined && looksLocal(local, reference);
    const answer = await askRegistry(engine, reference, credentials, isLocal);
    if ("digest" in answer) {
        if (local !== undefined && (await isOnlyHere(engine, reference, local, answer.digest, credentials))) {
            return builtHere(reference, local, answer.digest);
        }
        const imageId = local?.digest === answer.digest ? local.id : undefined;
        return { reference, digest: answer.digest, imageId, source: "registry", hostHad: local?.id };
    }
    if (!local) {
        throw notFound(reference, answer);
    }
    const { id, digest = id, source } = local;
    const { reason } = answer;
    const sentence = refused(reference, answer);
    // A registry may lack an image that was built here. The user is warned where a registry is named and does not answer.
    const isExpected = !isLocal || (reference.namesRegistry && reason !== "missing");
    const warning = isExpected
        ? `${sentence} Using the image ${reference.text} that is on the Docker host.`
        : undefined;
    return { reference, digest, imageId: id, source, hostHad: id, refused: { reason, sentence }, warning };
}

/**
 * Makes sure that exactly this image is on the Docker host. Pulls it by digest where it is missing.
 * @param onProgress gets a line about layers and bytes, at most one a second. @default lines are dropped
 * @param signal ends the pull; its reason is thrown. @default the pull has no time limit
 * @returns the local id, and whether the image was pulled
 * @throws ImageNotFound where the image is not available
 */
export async function pullImage(
    engine: Engine,
    { reference, digest, imageId, source }: NamedImage,
    credentials: Credentials,
    onProgress: (line: string) => void = () => undefined,
    signal?: AbortSignal,
): Promise<{ id: string; pulled: boolean }> {
    // Where the origin is not known, the pull by digest is worth a try.
    const wanted = source === "local" ? (imageId ?? digest) : reference.withDigest(digest).full;
    for (const name of imageId !== undefined && imageId !== wanted ? [wanted, imageId] : [wanted]) {
        const present = await inspectImage(engine, name);
        if (present) {
            return { id: present.Id, pulled: false };
        }
    }
    if (source === "local") {
        throw new ImageNotFound(
            "missing",
            `The image ${reference.text} (${imageId}) was only on the Docker host, and it is gone from there. ` +
                "Build or load it again, or push it to a registry.",
        );
    }
    const { login, helperSays } = await loginFor(reference, credentials);
    try {
        const stream = (await engine.docker.pull(wanted, { authconfig: login, abortSignal: signal })) as Readable;
        signal?.addEventListener("abort", () => stream.destroy(signal.reason), { once: true });
        await follow(engine, stream, new PullProgress(reference.shortRepository, onProgress));
    } catch (error) {
        signal?.throwIfAborted();
        if (statusOf(error) === undefined && !(error instanceof PullError)) {
            throw error;
        }
        const { reason, message } = notFound(reference, { ...refusalOf(error, secretsOf(login)), helperSays });
        const hint = source === undefined ? ". If it was built on the Docker host, build or load it again" : "";
        throw new ImageNotFound(reason, `${message}${hint}`);
    }
    const pulled = await inspectImage(engine, wanted);
    if (!pulled) {
        throw new Error(`${wanted} was pulled, but the Docker host does not have it.`);
    }
    return { id: pulled.Id, pulled: true };
}

/**
 * Tells an image that only the Docker host has from an older image of the Docker Hub. A name without a registry may mean
 * either.
 */
async function isOnlyHere(
    engine: Engine,
    image: ImageReference,
    { digest, source }: LocalImage,
    answered: string,
    credentials: Credentials,
): Promise<boolean> {
    if (image.namesRegistry || digest === answered || source === "registry") {
        return false;
    }
    if (source === "local" || digest === undefined) {
        return true;
    }
    const answer = await askRegistry(engine, image.withDigest(digest), credentials, true);
    return "reason" in answer && answer.reason === "missing";
}

function builtHere(reference: ImageReference, { id, digest = id }: LocalImage, answered: string): ResolvedImage {
    const { registry, text } = reference;
    const warning =
        `The registry ${registry} has another image ${text} (${answered.slice(0, 19)}). ` +
        `The one that was built on the Docker host is used; ${registry}/${text} means the registry's.`;
    return { reference, digest, imageId: id, source: "local", hostHad: id, answered, warning };
}

/**
 * Finds the login for an image. Where the credential helper fails, there is none, as in Docker's CLI: the image may be public.
 * @returns the login for the image's registry, or what the helper said where it failed
 */
async function loginFor(
    image: ImageReference,
    credentials: Credentials,
): Promise<{ login?: RegistryLogin; helperSays?: string }> {
    try {
        return { login: await credentials.forImage(image) };
    } catch (error) {
        return { helperSays: withoutControls((error as Error).message).replace(/[.\s]+$/, "") };
    }
}

async function askRegistry(
    engine: Engine,
    image: ImageReference,
    credentials: Credentials,
    looksLocal: boolean,
): Promise<{ digest: string } | Refusal> {
    const { login, helperSays } = await loginFor(image, credentials);
    const timeoutMs = looksLocal ? registryTimeoutForLocalMs : registryTimeoutMs;
    try {
        const path = `/distribution/${image.full}/json`;
        const answer = await engine.get<{ Descriptor: { digest: string } }>(path, timeoutMs, login ?? {});
        return { digest: answer.Descriptor.digest };
    } catch (error) {
        if (error instanceof EngineTimeout) {
            return { reason: "unreachable", words: `no answer within ${timeoutMs / 1000} s` };
        }
        if (statusOf(error) === undefined) {
            throw error; // the Engine itself
        }
        return { ...refusalOf(error, secretsOf(login)), helperSays };
    }
}

/** A pull that failed after it had begun: its stream says so. */
class PullError extends Error {}

function follow(engine: Engine, stream: Readable, progress: PullProgress): Promise<void> {
    return new Promise((resolve, reject) => {
        let failure: PullError | undefined;
        engine.docker.modem.followProgress(
            stream,
            error => (failure || error ? reject(failure ?? error) : resolve()),
            (message: PullMessage & { error?: string }) => {
                if (message.error !== undefined) {
                    failure = new PullError(message.error);
                }
                progress.take(message);
            },
        );
    });
}
