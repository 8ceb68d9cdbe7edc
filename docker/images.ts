import type { Readable } from "node:stream";
import { ImageReference } from "../model/ImageReference";
import { withoutControls } from "../text/withoutControls";
import { type Credentials, type RegistryLogin, secretsOf } from "./credentials";
import type { Engine } from "./Engine";
import { EngineTimeout } from "./Engine";
import { type ImageFailure, ImageNotFound, statusOf } from "./errors";
import { findLocal, type ImageSource, inspectImage, type LocalImage, looksLocal } from "./localImages";
import { type PullMessage, PullProgress } from "./PullProgress";
import { notFound, type Refusal, refusalOf, refused } from "./refusals";

/** How long a registry may take to say a digest; half of it where a local image looks built here. */
const REGISTRY_TIMEOUT_MS = 5_000;
const REGISTRY_TIMEOUT_FOR_LOCAL_MS = 2_000;

/** Which image a reference means right now. */
export interface ImageIdentity {
    reference: string;
    /** `sha256:...` of the manifest, when a registry answered or the Docker host remembers it. */
    digest?: string;
    /** Local image id, where the image is on the Docker host. */
    id?: string;
    /** Where it can be had again. Undefined where neither the registry nor the Docker host tells it. */
    source?: ImageSource;
    /** Id of the image that the Docker host has under this name, also where another one is meant. */
    local?: string;
    /** What the registry says of the name, where the Docker host's own image of that name goes before it. */
    answered?: string;
    /** Set where the registry did not say what the name means, so that the Docker host's image is taken instead. */
    refused?: { reason: ImageFailure; sentence: string };
    /** For the user: where the answer came from, when not from where one would expect. */
    warning?: string;
}

/**
 * Finds what a reference means: asks its registry (by way of the Engine, at most 5 s) and the Docker host at the same
 * time. What the registry does not have, or cannot say, is taken from the host. Throws ImageNotFound when neither knows.
 */
export async function resolveImage(
    engine: Engine,
    reference: string,
    credentials: Credentials,
): Promise<ImageIdentity> {
    const image = ImageReference.parse(reference);
    const local = await findLocal(engine, image);
    if (image.id !== undefined) {
        if (!local) {
            throw new ImageNotFound("missing", `The Docker host has no image ${reference}. Build or load it there.`);
        }
        return { reference, id: local.id, source: "local" };
    }
    // A digest means one image for ever: what is here needs no registry.
    if (image.digest !== undefined && local) {
        return { reference, digest: image.digest, id: local.id, source: local.source };
    }
    const isLocal = local !== undefined && looksLocal(local, image);
    const answer = await askRegistry(engine, image, credentials, isLocal);
    if ("digest" in answer) {
        if (local !== undefined && (await isOnlyHere(engine, image, local, answer.digest, credentials))) {
            return builtHere(image, local, answer.digest);
        }
        const id = local?.digest === answer.digest ? local.id : undefined;
        return { reference, digest: answer.digest, ...(id && { id }), source: "registry", local: local?.id };
    }
    if (!local) {
        throw notFound(image, answer);
    }
    const { id, digest, source } = local;
    const { reason } = answer;
    const sentence = refused(image, answer);
    // A registry may well not have what looks built here; that it cannot be asked is said where one is named.
    const isExpected = !isLocal || (image.namesRegistry && reason !== "missing");
    const warning = isExpected ? `${sentence} Using the image ${image.text} that is on the Docker host.` : undefined;
    return { reference, digest, id, source, local: id, refused: { reason, sentence }, warning };
}

/**
 * Makes sure that exactly this image is on the Docker host and returns its local id, and whether it had to be pulled. Pulls
 * by digest; what is there already is not pulled. `onProgress` gets a line about layers and bytes, at most one a second. Throws the signal's reason
 * when that ends the pull.
 */
export async function pullImage(
    engine: Engine,
    identity: ImageIdentity,
    credentials: Credentials,
    onProgress: (line: string) => void = () => undefined,
    signal?: AbortSignal,
): Promise<{ id: string; pulled: boolean }> {
    const image = ImageReference.parse(identity.reference);
    const wanted = identity.digest ? image.withDigest(identity.digest).full : (identity.id ?? image.full);
    for (const name of identity.id && identity.id !== wanted ? [wanted, identity.id] : [wanted]) {
        const present = await inspectImage(engine, name);
        if (present) {
            return { id: present.Id, pulled: false };
        }
    }
    if (!identity.digest) {
        throw new ImageNotFound(
            "missing",
            `The image ${identity.reference} (${identity.id}) is only known locally, and it is gone from the Docker host. ` +
                "Build or load it again, or push it to a registry.",
        );
    }
    const authconfig = await loginFor(image, credentials);
    if (authconfig !== undefined && "reason" in authconfig) {
        throw notFound(image, authconfig);
    }
    try {
        const stream = (await engine.docker.pull(wanted, { authconfig, abortSignal: signal })) as Readable;
        signal?.addEventListener("abort", () => stream.destroy(signal.reason), { once: true });
        await follow(engine, stream, new PullProgress(image.shortRepository, onProgress));
    } catch (error) {
        signal?.throwIfAborted();
        if (statusOf(error) === undefined && !(error instanceof PullError)) {
            throw error;
        }
        const { reason, message } = notFound(image, refusalOf(error, secretsOf(authconfig)));
        const hint =
            identity.source === undefined ? ". If it was built on the Docker host, build or load it again" : "";
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

function builtHere(image: ImageReference, { id, digest }: LocalImage, answered: string): ImageIdentity {
    const { registry, text } = image;
    const warning =
        `The registry ${registry} has another image ${text} (${answered.slice(0, 19)}). ` +
        `The one that was built on the Docker host is used; ${registry}/${text} means the registry's.`;
    return { reference: text, digest, id, source: "local", local: id, answered, warning };
}

/** The login for an image's registry, or why the helper that keeps it does not hand it out. */
async function loginFor(image: ImageReference, credentials: Credentials): Promise<RegistryLogin | Refusal | undefined> {
    try {
        return await credentials.forImage(image.text);
    } catch (error) {
        return {
            reason: "denied",
            words: withoutControls((error as Error).message).replace(/[.\s]+$/, ""),
            byHelper: true,
        };
    }
}

async function askRegistry(
    engine: Engine,
    image: ImageReference,
    credentials: Credentials,
    looksLocal: boolean,
): Promise<{ digest: string } | Refusal> {
    const login = await loginFor(image, credentials);
    if (login !== undefined && "reason" in login) {
        return login;
    }
    const timeoutMs = looksLocal ? REGISTRY_TIMEOUT_FOR_LOCAL_MS : REGISTRY_TIMEOUT_MS;
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
        return refusalOf(error, secretsOf(login));
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
