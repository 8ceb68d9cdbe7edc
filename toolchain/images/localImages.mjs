import { spawnSync } from "node:child_process";

/** Marks what the set-up built, and holds the hash of what it was built from. */
export const sourcesLabel = "relink.toolchain.sources";

/**
 * What of these images the Engine holds.
 *
 * @param docker `{path, env}` of the docker command
 * @returns name to `{id, sources}`; `sources` is undefined for an image that we did not build
 */
export function readLocalImages(docker, names) {
    // Prints what it found, and fails when one of them is missing: that is no error here.
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
