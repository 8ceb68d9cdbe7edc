import { spawnSync } from "node:child_process";

/** Label of images that the set-up built: the hash of their sources. */
export const sourcesLabel = "relink.toolchain.sources";

/**
 * Finds which of these images the Engine has.
 *
 * @param docker `{path, env}` of the docker command
 * @returns name to `{id, sources}`; `sources` is undefined for an image that we did not build
 */
export function readLocalImages(docker, names) {
    // The command prints what it found, and fails where one is missing. That is not an error here.
    const { stdout, error } = spawnSync(docker.path, ["image", "inspect", ...names], {
        env: docker.env,
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
        timeout: 30_000,
    });
    if (error) {
        throw error;
    }
    const images = new Map();
    for (const image of JSON.parse(stdout.trim() || "[]")) {
        for (const name of image.RepoTags ?? []) {
            images.set(name, { id: image.Id, sources: image.Config?.Labels?.[sourcesLabel] });
        }
    }
    return images;
}
