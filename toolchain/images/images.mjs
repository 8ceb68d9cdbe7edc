import { ensureBaseImages, wantedImages } from "./baseImages.mjs";
import { ensureHelloImages, loadHello } from "./helloImages.mjs";
import { readLocalImages } from "./localImages.mjs";

/**
 * Makes sure that the Engine has all images that the demo and the tests need.
 *
 * @param docker `{path, env}` of the docker command
 * @param full also gets those of the long test run
 * @returns `changed`: whether an image was pulled or built; `substitutes`: what `substitutesIn` finds afterwards
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

/** @returns names of all these images */
export async function imageNames(full) {
    const hello = await loadHello();
    return [...wantedImages(full).map(image => image.name), ...(hello?.helloImages ?? []).map(image => image.tag)];
}

/** @returns names of official images under which the Engine has an image that the set-up built */
export function substitutesIn(local, full) {
    return wantedImages(full)
        .filter(image => !image.isOurs && local.get(image.name)?.sources !== undefined)
        .map(image => image.name);
}
