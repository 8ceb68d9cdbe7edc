import {
    chmodSync,
    copyFileSync,
    existsSync,
    mkdirSync,
    readdirSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { answer, isExecutable, logged } from "../command.mjs";
import { downloadPackage } from "../debian.mjs";
import { inRelink, nodeFolder } from "../paths.mjs";
import { importImage } from "./importImage.mjs";

/**
 * Builds a small image that does for the sample service what the official `node:24-slim` does: the Node 24 of the
 * `node` devDependency with its shared libraries, busybox for a shell, and a user `node`.
 */
export async function buildNodeImage(docker, { name, sources }, showLog) {
    const work = join(inRelink("images", "node", "x"), "..");
    const image = join(work, "root");
    const archive = join(work, "image.tar");
    rmSync(work, { recursive: true, force: true });
    for (const path of [
        "usr/local/bin",
        "bin",
        "etc",
        "tmp",
        "root",
        "home/node",
        "usr/bin",
        "lib64",
        "dev",
        "proc",
        "sys",
    ]) {
        mkdirSync(join(image, path), { recursive: true });
    }
    const node = join(nodeFolder, "node");
    copyFileSync(node, join(image, "usr/local/bin/node"));
    chmodSync(join(image, "usr/local/bin/node"), 0o755);
    for (const library of sharedLibraries(node)) {
        mkdirSync(join(image, dirname(library)), { recursive: true });
        // Not cpSync: Node 24.21 takes a link for a folder there.
        copyFileSync(library, join(image, library));
    }
    await addBusybox(image, work, showLog);
    writeFileSync(
        join(image, "etc/passwd"),
        "root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000:node:/home/node:/bin/sh\n",
    );
    writeFileSync(join(image, "etc/group"), "root:x:0:\nnode:x:1000:\n");
    chmodSync(join(image, "tmp"), 0o1777);
    const certificates = "/etc/ssl/certs/ca-certificates.crt";
    if (existsSync(certificates)) {
        mkdirSync(join(image, dirname(certificates)), { recursive: true });
        copyFileSync(certificates, join(image, certificates));
    }

    const log = { logName: "image-node", append: true, showLog };
    await logged("tar", ["-C", image, "--owner=0", "--group=0", "--numeric-owner", "-cf", archive, "."], log);
    await importImage(docker, { archive, name, sources, settings: ['CMD ["node"]'] }, log);
    rmSync(work, { recursive: true, force: true });
}

/** The files that the dynamic linker would load, the linker itself among them. */
function sharedLibraries(program) {
    const lines = (answer("ldd", [program]) ?? "").split("\n");
    return lines.map(line => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1]).filter(path => path !== undefined);
}

async function addBusybox(image, work, showLog) {
    const downloads = join(work, "busybox");
    mkdirSync(downloads, { recursive: true });
    await downloadPackage("busybox-static", downloads, showLog);
    const file = readdirSync(downloads).find(name => name.endsWith(".deb"));
    await logged("dpkg", ["-x", file, "unpacked"], { logName: "image-node", showLog, cwd: downloads });
    const busybox = ["bin/busybox", "usr/bin/busybox"]
        .map(path => join(downloads, "unpacked", path))
        .find(isExecutable);
    copyFileSync(busybox, join(image, "bin/busybox"));
    chmodSync(join(image, "bin/busybox"), 0o755);
    for (const applet of (answer(busybox, ["--list"]) ?? "sh").split("\n")) {
        if (applet !== "busybox") {
            symlinkSync("busybox", join(image, "bin", applet));
        }
    }
}
