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
 * Sees to it that the Engine holds the images that come from elsewhere: what is there is used, else it is pulled, else
 * it is built from Debian packages.
 *
 * @param full with HAProxy 3.2 and Debian's web servers too
 * @param local what `readLocalImages` found; gets what is made here
 * @returns true when an image was pulled or built
 */
export async function ensureBaseImages(docker, { full, local }) {
    let changed = false;
    for (const image of wantedImages(full)) {
        const found = local.get(image.name);
        // An image of anybody else's is fine as it is; ours is built anew when the way of building it changed.
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
        // Nobody publishes it: what a registry has under that name is something else.
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
