import type { Release } from "../model/Release";

/** The images of one service on the Docker host. */
export interface Images {
    /**
     * Makes sure that a release's image is on the Docker host.
     * @param timeoutMs how long that may take, milliseconds
     * @param show gets a line about layers and bytes now and then
     * @returns its local id, and whether it had to be pulled; undefined where that took too long
     * @throws ImageNotFound when it cannot be had
     */
    pull(
        release: Release,
        timeoutMs: number,
        show: (line: string) => void,
    ): Promise<{ id: string; pulled: boolean } | undefined>;

    /**
     * Keeps an image for a release, so that nothing removes it that removes what has no name.
     * @param pulled whether relink has pulled it: then it goes with its release
     */
    keep(release: string, imageId: string, pulled: boolean): Promise<void>;

    /** Lets go of the images of releases that `isKept` does not want. What a container uses stays. */
    drop(isKept: (release: string) => boolean): Promise<void>;
}
