import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { recipe } from "./recipe";

/** The front's address and public name in the snippets of docs/moving.md. */
const documentedFront = "172.17.0.1:8000";
export const publicHost = "shop.example.com";

/** A proxy as people use it, with the configuration of the docs, and with a certificate that the test makes. */
export interface ProxyProgram {
    binary: string;
    /** Writes its configuration into a folder. @returns its arguments */
    configure(folder: string, port: number, front: string): string[];
    /** Shell commands to run after its start. @default none */
    command?(front: string): string;
}

export function nginx(binary: string): ProxyProgram {
    return {
        binary,
        configure(folder, port, front) {
            makeCertificate(folder);
            const tls = `listen 127.0.0.1:${port} ssl; ssl_certificate cert.pem; ssl_certificate_key key.pem;`;
            const servers = snippet("## The old proxy stays", "nginx", front).replace("listen 80;", tls);
            const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
                kind => `${kind}_temp_path ${folder}/${kind};`,
            );
            writeFileSync(
                join(folder, "nginx.conf"),
                `daemon off; user root; pid ${folder}/pid; error_log stderr; events {}
                http { access_log off; ${temporary.join(" ")}\n${servers} }`,
            );
            return ["-p", folder, "-c", join(folder, "nginx.conf")];
        },
    };
}

export function caddy(binary: string): ProxyProgram {
    return {
        binary,
        configure(folder, port, front) {
            const options = `{
                admin off
                auto_https disable_redirects
                skip_install_trust
                storage file_system ${folder}/storage
            }`;
            const site = snippet("### Caddy", "caddyfile", front).replace(
                `${publicHost} {`,
                `https://${publicHost}:${port} {\n    tls internal`,
            );
            writeFileSync(join(folder, "Caddyfile"), `${options}\n${site}`);
            return ["run", "--config", join(folder, "Caddyfile"), "--adapter", "caddyfile"];
        },
    };
}

export function traefik(binary: string): ProxyProgram {
    return {
        binary,
        configure(folder, port, front) {
            const files = join(folder, "files");
            mkdirSync(files);
            writeFileSync(join(files, "relink.yml"), snippet("### Traefik", "yaml", front));
            const flags = recipe("moving.md", "### Traefik").match(/--\S+/g) ?? [];
            return flags.map(flag => flag.replace("=:443", `=127.0.0.1:${port}`).replace("/etc/traefik/files", files));
        },
    };
}

export function kamalProxy(binary: string): ProxyProgram {
    return {
        binary,
        configure(folder, port) {
            makeCertificate(folder);
            return ["run", "--http-port", "0", "--https-port", String(port)];
        },
        command(front) {
            const deploy = snippet("## From Kamal", "sh", front).replace(
                "docker exec kamal-proxy kamal-proxy",
                `'${binary}'`,
            );
            const tls = "--tls --tls-certificate-path cert.pem --tls-private-key-path key.pem";
            return `until '${binary}' list; do sleep 0.1; done; ${deploy.trim()} ${tls}`;
        },
    };
}

/** Makes a self-signed certificate: `cert.pem` and `key.pem`. */
function makeCertificate(folder: string): void {
    const openssl = "req -x509 -newkey rsa:2048 -nodes -days 2 -keyout key.pem -out cert.pem".split(" ");
    execFileSync("openssl", [...openssl, "-subj", `/CN=${publicHost}`], { cwd: folder, stdio: "ignore" });
}

function snippet(heading: string, language: string, front: string): string {
    return recipe("moving.md", heading, language).replace(documentedFront, front);
}
