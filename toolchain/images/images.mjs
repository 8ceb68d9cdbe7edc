import { ensureBaseImages, wantedImages } from "./baseImages.mjs";
import { ensureHelloImages, loadHello } from "./helloImages.mjs";
import { readLocalImages } from "./localImages.mjs";

/**
 * All images that the demo and the tests start from.
 *
 * @param docker `{path, env}` of the docker command
 * @param full with those of the long test run too
 * @returns `changed` when an image was pulled or built; `substitutes` are what `substitutesIn` finds now
 */
export async function ensureImages(docker, { full }) {
    const hello = await loadHello();
    const names = await imageNames(full);
    let local = readLocalImages(docker, names);
    const changed = await ensureBaseImages(docker, { full, local });
    if (changed) {
        local = readLocalImages(docker, names);
    }
    if (hello !== undefined) {
        await ensureHelloImages(docker, hello, local);
    }
    return { changed, substitutes: substitutesIn(local, full) };
}

/** Their names. */
export async function imageNames(full) {
    const hello = await loadHello();
    return [...wantedImages(full).map(image => image.name), ...(hello?.helloImages ?? []).map(image => image.tag)];
}

/** The names of official images under which the Engine holds one that the set-up has built. */
export function substitutesIn(local, full) {
    return wantedImages(full)
        .filter(image => !image.isOurs && local.get(image.name)?.sources !== undefined)
        .map(image => image.name);
}
