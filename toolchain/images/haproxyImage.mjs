import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { logged, which } from "../command.mjs";
import { installPackages } from "../debian.mjs";
import { inRelink } from "../paths.mjs";
import { importImage } from "./importImage.mjs";

const folder = join(dirname(fileURLToPath(import.meta.url)), "haproxy");
const unneeded = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*"];

/** Builds `haproxy:VERSION` from a Debian suite that has this version, laid out like the official image. */
export async function buildHaproxyImage(docker, { name, sources, version, suite }, showLog) {
    if (which("mmdebstrap") === undefined) {
        await installPackages(["mmdebstrap"], "Installing mmdebstrap");
    }
    const archive = inRelink("images", `haproxy-${version}.tar`);
    const logName = `image-haproxy-${version}`;
    const args = ["--variant=essential", "--include=haproxy,socat"];
    // The mirror's copy of a suite that is still in the making can be some days old.
    args.push('--aptopt=Acquire::Check-Valid-Until "false"');
    args.push(...unneeded.map(path => `--dpkgopt=path-exclude=${path}`));
    args.push(`--customize-hook=sh '${join(folder, "layout.sh")}' "$1" ${version} '${folder}'`);
    try {
        await logged("mmdebstrap", [...args, suite, archive], { logName, showLog });
        await importImage(docker, { archive, name, sources, settings: settings(version) }, { logName, showLog });
    } finally {
        rmSync(archive, { force: true });
    }
}

/** The official image's configuration. */
function settings(version) {
    return [
        `ENV HAPROXY_VERSION=${version}`,
        "WORKDIR /var/lib/haproxy",
        "STOPSIGNAL SIGUSR1",
        "USER haproxy",
        'ENTRYPOINT ["docker-entrypoint.sh"]',
        'CMD ["haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]',
    ];
}
