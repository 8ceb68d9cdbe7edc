import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeDebianRoot } from "../debianRoot.mjs";
import { inRelink } from "../paths.mjs";
import { importImage } from "./importImage.mjs";

const folder = join(dirname(fileURLToPath(import.meta.url)), "haproxy");
const unneeded = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*"];

/** Builds `haproxy:VERSION` from a Debian suite that has this version, laid out like the official image. */
export async function buildHaproxyImage(docker, { name, sources, version, suite }, showLog) {
    const archive = inRelink("images", `haproxy-${version}.tar`);
    const log = { logName: `image-haproxy-${version}`, showLog };
    const options = [
        ...unneeded.map(path => `--dpkgopt=path-exclude=${path}`),
        `--customize-hook=sh '${join(folder, "layout.sh")}' "$1" ${version} '${folder}'`,
    ];
    try {
        await makeDebianRoot({ suite, packages: ["haproxy", "socat"], target: archive, options }, log);
        await importImage(docker, { archive, name, sources, settings: settings(version) }, log);
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
