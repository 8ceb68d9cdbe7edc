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

/** How long a registry may take to say a digest; half of it where a local image looks built here. */
const registryTimeoutMs = 5_000;
const registryTimeoutForLocalMs = 2_000;

/** A name, and which image it means. */
export interface NamedImage extends ImageIdentity {
    reference: ImageReference;
}

/** Which image a name means right now. */
export interface ResolvedImage extends NamedImage {
    /** What the registry says of the name, where the Docker host's own image of that name goes before it. */
    answered?: string;
    /** Set where the registry did not say what the name means, so that the Docker host's image is taken instead. */
    refused?: { reason: ImageFailure; sentence: string };
    /** For the user: where the answer came from, when not from where one would expect. */
    warning?: string;
}

/**
 * Finds which image a name means: asks the Docker host, then the registry by way of the Engine, for at most 5 s. What the
 * registry does not have, or cannot say, is taken from the host.
 *
 * @throws ImageNotFound when neither knows the image
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
    // A digest means one image for ever: what is here needs no registry.
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
    // A registry may well not have what looks built here; that it cannot be asked is said where one is named.
    const isExpected = !isLocal || (reference.namesRegistry && reason !== "missing");
    const warning = isExpected
        ? `${sentence} Using the image ${reference.text} that is on the Docker host.`
        : undefined;
    return { reference, digest, imageId: id, source, hostHad: id, refused: { reason, sentence }, warning };
}

/**
 * Makes sure that exactly this image is on the Docker host. Pulls it by digest, unless it is there already.
 *
 * @param onProgress gets a line about layers and bytes, at most one a second
 * @param signal ends the pull; its reason is thrown
 * @returns the local id, and whether the image had to be pulled
 * @throws ImageNotFound when the image cannot be had
 */
export async function pullImage(
    engine: Engine,
    { reference, digest, imageId, source }: NamedImage,
    credentials: Credentials,
    onProgress: (line: string) => void = () => undefined,
    signal?: AbortSignal,
): Promise<{ id: string; pulled: boolean }> {
    // Where its origin is not known, a pull by its digest is tried.
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
            `The image ${reference.text} (${imageId}) is only known locally, and it is gone from the Docker host. ` +
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
        throw new Error(`${wanted} was pulled, and the Docker host does not have it.`);
    }
    return { id: pulled.Id, pulled: true };
}

/**
 * Whether the Docker host's image is not an older one of the Docker Hub's, but one that the Hub never had. A name without a
 * registry means either.
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
 * A credential helper that fails leaves the image without a login, as in Docker's CLI: it may be public.
 * @returns the login for an image's registry, and what the helper said where it failed
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

/** A failure that came inside the stream of a pull that had begun well. */
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
