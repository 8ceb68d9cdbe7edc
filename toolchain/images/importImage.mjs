import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { logged } from "../command.mjs";
import { inRelink } from "../paths.mjs";
import { sourcesLabel } from "./localImages.mjs";

/**
 * Makes an image of a tar archive with a root file system.
 *
 * @param settings Dockerfile instructions for its configuration; `docker import --change` does not know STOPSIGNAL
 * @param log options of `logged`
 */
export async function importImage(docker, { archive, name, sources, settings }, log) {
    const rootImage = `relink-import:${name.replace(/[^a-z0-9.]/g, "-")}`;
    const context = inRelink("images", "context", "Dockerfile");
    mkdirSync(join(context, ".."), { recursive: true });
    const labels = ["LABEL relink.toolchain=1", `LABEL ${sourcesLabel}=${sources}`];
    writeFileSync(context, [`FROM ${rootImage}`, ...settings, ...labels, ""].join("\n"));
    // The classic builder: it is in every Docker Engine, also where the buildx plugin is not.
    const options = { ...log, append: true, env: { ...docker.env, DOCKER_BUILDKIT: "0" } };
    await logged(docker.path, ["import", archive, rootImage], options);
    try {
        await logged(docker.path, ["build", "-t", name, join(context, "..")], options);
    } finally {
        await logged(docker.path, ["rmi", rootImage], options);
        rmSync(join(context, ".."), { recursive: true, force: true });
    }
}
