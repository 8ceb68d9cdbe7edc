import { createHmac } from "node:crypto";
import type { ImageIdentity } from "./ImageIdentity";
import type { ReleaseSettings } from "./ReleaseSettings";

/** What a color runs, or shall run: one image, by digest, with every setting of class *release*. */
export interface Release extends ImageIdentity {
    /**
     * Identifies the release in labels, record, outputs and plan. Missing only before the stack has its random key,
     * which is in the very first preview.
     */
    id?: string;
    /** The image as the user wrote it. */
    image: string;
    settings: ReleaseSettings;
    /** Values of the secrets that `settings` names. Never shown: only files, encrypted state and the record hold them. */
    secretValues: Record<string, string>;
}

/** A release that has reached a color at least once, as the record remembers it. */
export interface RecordedRelease extends Release {
    id: string;
    /** Passed its proof on its color. */
    proved: boolean;
    /** When it last did, by the Docker host's clock. */
    provedAt?: string;
    /** Was linked at least once: going back to it repeats no hook. */
    linked: boolean;
    /** Number of the promotion that it belongs to: what triggers its hooks, once. */
    promotion: number;
    /** Set when its link was moved back because its own answers were wrong. */
    judgedBad?: { reason: string; retryToken?: string };
}

/** A release that the record knows, as it is when it is deployed once more. */
export function deployedAgain(
    known: RecordedRelease,
    { imageId, source = known.source, hostHad = known.hostHad }: Release,
    promotion = known.promotion,
): RecordedRelease {
    return { ...known, imageId, source, hostHad, promotion };
}

/** What makes two releases the same one. */
export interface ReleaseIdentity {
    digest: string;
    /**
     * The settings that differ from their defaults (settings/changedSettings.ts): a later version of relink with one setting more
     * must not make a new release of what is running.
     */
    settings: Record<string, unknown>;
    secretValues: Record<string, string>;
}

/**
 * The id of a release: 12 hex digits of the image's digest, then 16 of an HMAC-SHA256 over the whole digest and every
 * setting of class *release*, secrets included. It is keyed, so that nobody who reads a label can try out guesses for a
 * short secret. The name of the image is not part of it: the same bytes under another tag are the same release.
 */
export function releaseId(key: Buffer, { digest, settings, secretValues }: ReleaseIdentity): string {
    const message = canonicalJson({ digest, settings, secrets: secretValues });
    const short = digest.replace(/^sha256:/, "").slice(0, 12);
    return `${short}-${createHmac("sha256", key).update(message).digest("hex").slice(0, 16)}`;
}

/** JSON with sorted keys and without undefined values, so that equal settings are equal text. */
function canonicalJson(value: unknown): string {
    return JSON.stringify(value, (_key, inner: unknown) =>
        inner !== null && typeof inner === "object" && !Array.isArray(inner)
            ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
            : inner,
    );
}
