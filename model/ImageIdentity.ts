/** Value of `hostHad` for a Docker host that had no image of the name. */
export const noImage = "none";

/** Which image a name means. It goes with a release from the plan to `docker create`. */
export interface ImageIdentity {
    /** The manifest's digest (`sha256:...`), or the local image id for an image that no registry knows. */
    digest: string;
    /**
     * The local image id, where the Docker host has the image. Equal to `digest` for an image that no registry knows.
     */
    imageId?: string;
    /**
     * Where the image can be had again. Missing where neither the registry nor the Docker host tells it, and in records
     * of an earlier version.
     */
    source?: "registry" | "local";
    /**
     * Id of the image that the Docker host had under this name when the release was planned, or {@link noImage}.
     * Missing in records of an earlier version.
     */
    hostHad?: string;
}
