import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../paths.mjs";
import { contentHash } from "../stamp.mjs";
import { step } from "../step.mjs";
import { nodeImage } from "./baseImages.mjs";
import { sourcesLabel } from "./localImages.mjs";

/** The sample service describes its images itself: examples/hello/build.mjs. */
export async function loadHello() {
    const file = join(root, "examples", "hello", "build.mjs");
    return existsSync(file) ? import(pathToFileURL(file)) : undefined;
}

/** Builds the images of the sample service that are missing, or were built from other sources or another base. */
export async function ensureHelloImages(docker, hello, local) {
    const sources = contentHash(...hello.buildContext().map(part => part.source));
    const key = `${sources}-${local.get(nodeImage)?.id.replace("sha256:", "").slice(0, 12)}`;
    const stale = hello.helloImages.filter(image => local.get(image.tag)?.sources !== key);
    if (stale.length === 0) {
        return;
    }
    await step(`Building ${stale.length} images of the sample service (${stale[0].tag} ...)`, async () => {
        for (const image of stale) {
            const labels = { "relink.toolchain": "1", [sourcesLabel]: key };
            await hello.buildHello({ ...image, base: nodeImage, env: docker.env, labels });
        }
    });
}
