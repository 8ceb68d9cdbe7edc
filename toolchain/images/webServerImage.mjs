import { rmSync } from "node:fs";
import { makeDebianRoot } from "../debianRoot.mjs";
import { inRelink } from "../paths.mjs";
import { importImage } from "./importImage.mjs";

/** What each answers, as the load client wants it: it repeats the id of the request (test/support/load). */
const answer = ({ id, method, version }) => JSON.stringify({ id, method, version, service: "web", receivedBytes: 0 });

const nginxSite = `server {
    listen 80 default_server;
    add_header x-version nginx always;
    add_header x-load-id $http_x_load_id always;
    location / {
        default_type application/json;
        return 200 '${answer({ id: "$http_x_load_id", method: "$request_method", version: "nginx" })}';
    }
}`;

const echo = name => `<!--#echo var='${name}' -->`;
const apachePage = answer({ id: echo("HTTP_X_LOAD_ID"), method: echo("REQUEST_METHOD"), version: "apache2" });
const apacheConfig = `ServerName localhost
KeepAliveTimeout 75
Header always set x-version apache2
Header always set x-load-id expr=%{req:x-load-id}
<Directory /var/www/html>
    Options +Includes
    AddOutputFilter INCLUDES .html
</Directory>`;

/** Debian's web servers, each with one page and its name in the header `x-version`: apps that nobody here has written. */
const servers = {
    nginx: {
        files: { "etc/nginx/sites-available/default": nginxSite },
        settings: ["STOPSIGNAL SIGQUIT", 'CMD ["nginx", "-g", "daemon off;"]'],
    },
    apache2: {
        setup: 'chroot "$1" a2enmod headers include',
        files: { "etc/apache2/conf-enabled/version.conf": apacheConfig, "var/www/html/index.html": apachePage },
        settings: ["STOPSIGNAL SIGWINCH", 'CMD ["apachectl", "-D", "FOREGROUND"]'],
    },
};

/** Builds an image with one of Debian's web servers. */
export async function buildWebServerImage(docker, { name, sources, server }, showLog) {
    const archive = inRelink("images", `${server}.tar`);
    const log = { logName: `image-${server}`, showLog };
    const { setup = "true", files, settings } = servers[server];
    const written = Object.entries(files).map(
        ([path, text]) => `echo ${Buffer.from(text).toString("base64")} | base64 -d > "$1/${path}"`,
    );
    const clean = 'rm -rf "$1/etc/apt/sources.list" "$1/etc/apt/sources.list.d" "$1/etc/resolv.conf"';
    const options = [setup, ...written, clean].map(hook => `--customize-hook=${hook}`);
    try {
        await makeDebianRoot({ suite: "trixie", packages: [server], target: archive, options }, log);
        await importImage(docker, { archive, name, sources, settings }, log);
    } finally {
        rmSync(archive, { force: true });
    }
}
