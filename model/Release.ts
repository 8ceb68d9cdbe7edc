import { createHmac } from "node:crypto";
import type { ImageIdentity } from "./ImageIdentity";
import type { ReleaseSettings } from "./ReleaseSettings";

/** What a color runs, or will run: one image, by digest, and every setting of class *release*. */
export interface Release extends ImageIdentity {
    /**
     * Identifies the release in labels, record, outputs and plan. Missing only in the first preview, before the stack
     * has its random key.
     */
    id?: string;
    /** The image as the user wrote it. */
    image: string;
    settings: ReleaseSettings;
    /**
     * Values of the secrets that `settings` names. They are only in files, in the encrypted state and in the record.
     */
    secretValues: Record<string, string>;
}

/** A release in the record: it has been on a color. */
export interface RecordedRelease extends Release {
    id: string;
    /** The release passed its proof on its color. */
    proved: boolean;
    /** When it last passed, by the Docker host's clock. */
    provedAt?: string;
    /** The release was live at least once. Going back to it runs no hook again. */
    linked: boolean;
    /** The number of its promotion. A new number runs the hooks, once. */
    promotion: number;
    /** Set when the link was moved back because the release answered wrong. */
    judgedBad?: { reason: string; retryToken?: string };
}

/** @returns a recorded release for a new deployment of it */
export function deployedAgain(
    known: RecordedRelease,
    { imageId, source = known.source, hostHad = known.hostHad }: Release,
    promotion = known.promotion,
): RecordedRelease {
    return { ...known, imageId, source, hostHad, promotion };
}

/** Two releases with the same of these are the same release. */
export interface ReleaseIdentity {
    digest: string;
    /**
     * The settings that differ from their defaults (settings/changedSettings.ts). So a later version of relink with one
     * more setting does not make a new release of what is running.
     */
    settings: Record<string, unknown>;
    secretValues: Record<string, string>;
}

/**
 * The id of a release: 12 hex digits of the image's digest, then 16 of an HMAC-SHA256 over the whole digest and every
 * setting of class *release*, secrets included. The key keeps whoever reads a label from trying out guesses for a short
 * secret. The name of the image is not part of the id: the same image under another tag is the same release.
 */
export function releaseId(key: Buffer, { digest, settings, secretValues }: ReleaseIdentity): string {
    const message = canonicalJson({ digest, settings, secrets: secretValues });
    const short = digest.replace(/^sha256:/, "").slice(0, 12);
    return `${short}-${createHmac("sha256", key).update(message).digest("hex").slice(0, 16)}`;
}

/** @returns JSON with sorted keys and without undefined values: equal settings are equal texts */
function canonicalJson(value: unknown): string {
    return JSON.stringify(value, (_key, inner: unknown) =>
        inner !== null && typeof inner === "object" && !Array.isArray(inner)
            ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
            : inner,
    );
}
