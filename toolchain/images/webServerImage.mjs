import { rmSync } from "node:fs";
import { makeDebianRoot } from "../debianRoot.mjs";
import { inRelink } from "../paths.mjs";
import { importImage } from "./importImage.mjs";

/** Debian's web servers, each with one page and its name in the header `x-version`: apps that nobody here has written. */
const servers = {
    nginx: {
        setup: [
            'echo "add_header x-version nginx always;" > "$1/etc/nginx/conf.d/version.conf"',
            'echo nginx > "$1/var/www/html/index.html"',
        ],
        settings: ["STOPSIGNAL SIGQUIT", 'CMD ["nginx", "-g", "daemon off;"]'],
    },
    apache2: {
        setup: [
            'chroot "$1" a2enmod headers',
            'printf "%s\\n" "ServerName localhost" "KeepAliveTimeout 75" "Header always set x-version apache2" > "$1/etc/apache2/conf-enabled/version.conf"',
            'echo apache2 > "$1/var/www/html/index.html"',
        ],
        settings: ["STOPSIGNAL SIGWINCH", 'CMD ["apachectl", "-D", "FOREGROUND"]'],
    },
};

/** Builds an image with one of Debian's web servers. */
export async function buildWebServerImage(docker, { name, sources, server }, showLog) {
    const archive = inRelink("images", `${server}.tar`);
    const log = { logName: `image-${server}`, showLog };
    const { setup, settings } = servers[server];
    const clean = 'rm -rf "$1/etc/apt/sources.list" "$1/etc/apt/sources.list.d" "$1/etc/resolv.conf"';
    const options = [...setup, clean].map(hook => `--customize-hook=${hook}`);
    try {
        await makeDebianRoot({ suite: "trixie", packages: [server], target: archive, options }, log);
        await importImage(docker, { archive, name, sources, settings }, log);
    } finally {
        rmSync(archive, { force: true });
    }
}
