/**
 * Builds the images of the sample service: relink-hello:v1, :v2 (good), :v3 (never healthy), and the broken ones that
 * the tests release. Works with Docker's classic builder and without a network; nothing but the base image is needed.
 */
import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const wsFolder = dirname(createRequire(import.meta.url).resolve("ws/package.json"));

/** Every image: its tag, what it says its version is, and its fault (see `faults` in server.js). */
export const helloImages = [
    { tag: "relink-hello:v1", version: "v1", broken: "" },
    { tag: "relink-hello:v2", version: "v2", broken: "" },
    { tag: "relink-hello:v3", version: "v3", broken: "unhealthy" },
    { tag: "relink-hello:broken-exit", version: "broken-exit", broken: "exit" },
    { tag: "relink-hello:broken-unhealthy", version: "broken-unhealthy", broken: "unhealthy" },
    { tag: "relink-hello:broken-port", version: "broken-port", broken: "wrong-port" },
    { tag: "relink-hello:broken-flap", version: "broken-flap", broken: "flap" },
    { tag: "relink-hello:broken-hang", version: "broken-hang", broken: "hang" },
    { tag: "relink-hello:broken-term", version: "broken-term", broken: "ignore-term" },
];

/** What the build context holds: the path inside it, and where that file or folder comes from. */
export function buildContext() {
    return [
        { path: "Dockerfile", source: join(here, "Dockerfile") },
        { path: "package.json", source: join(here, "package.json") },
        { path: "server.js", source: join(here, "server.js") },
        { path: "node_modules/ws", source: wsFolder },
    ];
}

/** Copies the build context into `folder` and returns the folder. */
export async function writeContext(folder) {
    for (const { path, source } of buildContext()) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await cp(source, join(folder, path), { recursive: true, dereference: true });
    }
    return folder;
}

/**
 * Builds one image with the `docker` command.
 *
 * @param tag image name and tag, e.g. `relink-hello:v1`
 * @param version what the service says its version is (default: the tag after the colon)
 * @param base image with Node 20 or later as `node` on PATH (default: the Dockerfile's)
 * @param broken a fault of server.js, or "" for a good release (default: the one in `helloImages`)
 * @param env environment of the docker command, e.g. with DOCKER_HOST (default: this process's)
 * @param labels image labels, name to value (default: none)
 * @param timeoutMs after this long the build is ended and fails (default: 300 s)
 * @returns the image's id
 */
export async function buildHello({ tag, version, base, broken, env = process.env, labels = {}, timeoutMs = 300_000 }) {
    const known = helloImages.find(image => image.tag === tag);
    const folder = await writeContext(await mkdtemp(join(tmpdir(), "relink-hello-")));
    const args = ["build", "-q", "-t", tag];
    args.push("--build-arg", `VERSION=${version ?? known?.version ?? tag.slice(tag.lastIndexOf(":") + 1)}`);
    args.push("--build-arg", `BROKEN=${broken ?? known?.broken ?? ""}`);
    if (base !== undefined) {
        args.push("--build-arg", `BASE=${base}`);
    }
    for (const [name, value] of Object.entries(labels)) {
        args.push("--label", `${name}=${value}`);
    }
    try {
        return (await docker([...args, folder], env, timeoutMs)).trim();
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

/** Builds all of them, one after the other (they share their layers). `report(tag)` is called before each. */
export async function buildAllHello({ base, env = process.env, report = () => {} } = {}) {
    for (const image of helloImages) {
        report(image.tag);
        await buildHello({ ...image, base, env });
    }
}

function docker(args, env, timeoutMs) {
    return new Promise((resolve, reject) => {
        const child = spawn("docker", args, {
            // The classic builder: it is in every Docker Engine, also where the buildx plugin is not.
            env: { ...env, DOCKER_BUILDKIT: "0" },
            stdio: ["ignore", "pipe", "pipe"],
            timeout: timeoutMs,
        });
        let stdout = "";
        let stderr = "";
        child.stdout.on("data", data => {
            stdout += data;
        });
        child.stderr.on("data", data => {
            stderr += data;
        });
        child.on("error", reject);
        child.on("close", (code, signal) => {
            if (code === 0) {
                resolve(stdout);
            } else {
                reject(new Error(`docker ${args.join(" ")}: ${signal ?? `exit code ${code}`}\n${stdout}${stderr}`));
            }
        });
    });
}

// Run by itself it builds everything: `node examples/hello/build.mjs [BASE]`.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
    await buildAllHello({ base: process.argv[2], report: tag => console.log(tag) });
}
