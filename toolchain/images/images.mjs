import { ensureBaseImages, wantedImages } from "./baseImages.mjs";
import { ensureHelloImages, loadHello } from "./helloImages.mjs";
import { readLocalImages } from "./localImages.mjs";

/**
 * All images that the demo and the tests start from.
 *
 * @param docker `{path, env}` of the docker command
 * @param full with those of the long test run too
 */
export async function ensureImages(docker, { full }) {
    const hello = await loadHello();
    const names = [
        ...wantedImages(full).map(image => image.name),
        ...(hello?.helloImages ?? []).map(image => image.tag),
    ];
    let local = readLocalImages(docker, names);
    if (await ensureBaseImages(docker, { full, local })) {
        local = readLocalImages(docker, names);
    }
    if (hello !== undefined) {
        await ensureHelloImages(docker, hello, local);
    }
}
