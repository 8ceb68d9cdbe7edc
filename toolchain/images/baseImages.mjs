import { join } from "node:path";
import { isDebian } from "../debian.mjs";
import { root } from "../paths.mjs";
import { Problem } from "../problem.mjs";
import { contentHash } from "../stamp.mjs";
import { step } from "../step.mjs";
import { buildHaproxyImage } from "./haproxyImage.mjs";
import { buildNodeImage } from "./nodeImage.mjs";
import { pullImage } from "./pull.mjs";
import { buildWebServerImage } from "./webServerImage.mjs";

/** The base image of the sample service. */
export const nodeImage = "node:24-slim";

/**
 * Makes sure that the Engine has the images that come from elsewhere. A missing image is pulled, or else built from
 * Debian packages.
 *
 * @param full also gets HAProxy 3.2 and Debian's web servers
 * @param local what `readLocalImages` found; this function adds what it makes
 * @returns whether an image was pulled or built
 */
export async function ensureBaseImages(docker, { full, local }) {
    let changed = false;
    for (const image of wantedImages(full)) {
        const found = local.get(image.name);
        // An image that we did not build stays. Ours is built again when the way of building it changed.
        if (found !== undefined && (found.sources === undefined || found.sources === image.sources)) {
            continue;
        }
        changed = true;
        if (found === undefined && !image.isOurs && (await pullImage(docker, image.name))) {
            continue;
        }
        if (process.platform !== "linux" || !isDebian()) {
            throw new Problem(`The image ${image.name} is not there, and it can be built only on Debian or Ubuntu.`, [
                `docker pull ${image.name}`,
            ]);
        }
        await step(`Building ${image.name} from Debian packages`, showLog => image.build(docker, image, showLog));
    }
    return changed;
}

export function wantedImages(full) {
    const folder = join(root, "toolchain", "images");
    const haproxySources = contentHash(join(folder, "haproxyImage.mjs"), join(folder, "haproxy"));
    const haproxy = (version, suite) => ({
        name: `haproxy:${version}`,
        sources: haproxySources,
        version,
        suite,
        build: buildHaproxyImage,
    });
    const webServer = server => ({
        name: `relink-${server}:debian`,
        sources: contentHash(join(folder, "webServerImage.mjs")),
        server,
        // Nobody publishes this image. A registry may have another one under its name.
        isOurs: true,
        build: buildWebServerImage,
    });
    return [
        haproxy("3.0", "trixie"),
        ...(full ? [haproxy("3.2", "forky")] : []),
        ...(full ? ["nginx", "apache2"].map(webServer) : []),
        { name: nodeImage, sources: contentHash(join(folder, "nodeImage.mjs")), build: buildNodeImage },
    ];
}
