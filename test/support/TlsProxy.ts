import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import * as https from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../../providers/until";
import { type RunningCommand, startCommand } from "./command";
import { findFreePorts } from "./freePorts";
import { recipe } from "./recipe";

/** Where the snippets of docs/moving.md have the front, and the public name that they have for it. */
const documentedFront = "172.17.0.1:8000";
export const publicHost = "shop.example.com";

/** A proxy that people have, with the configuration that the docs give it and TLS of a certificate made for the test. */
interface Program {
    binary: string;
    /** Writes its configuration into a folder. @returns its arguments */
    configure(folder: string, port: number, front: string): string[];
}

export function nginx(binary: string): Program {
    return {
        binary,
        configure(folder, port, front) {
            const openssl = "req -x509 -newkey rsa:2048 -nodes -days 2 -keyout key.pem -out cert.pem".split(" ");
            execFileSync("openssl", [...openssl, "-subj", `/CN=${publicHost}`], { cwd: folder, stdio: "ignore" });
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

export function caddy(binary: string): Program {
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

function snippet(heading: string, language: string, front: string): string {
    return recipe("moving.md", heading, language).replace(documentedFront, front);
}

/** What a client of the proxy got. */
export interface Visit {
    status: number;
    body: string;
    /** Redirects that it followed. */
    redirects: number;
}

/** Redirects after which a browser gives up. */
const mostRedirects = 20;

/** The program, running before a front. */
export class TlsProxy {
    private constructor(
        private readonly folder: string,
        private readonly port: number,
        private readonly running: RunningCommand,
    ) {}

    /** @param front host and port of the front's public listener */
    static async start({ binary, configure }: Program, front: string): Promise<TlsProxy> {
        const { https: port } = await findFreePorts();
        const folder = mkdtempSync(join(tmpdir(), "relink-proxy-"));
        mkdirSync(join(folder, "storage"));
        const args = configure(folder, port, front);
        const env = { ...process.env, HOME: folder };
        const running = startCommand(binary, args, { cwd: folder, env, timeoutSeconds: 600 });
        const proxy = new TlsProxy(folder, port, running);
        try {
            await until(() => proxy.listens(), { deadline: Date.now() + 30_000, what: `${binary} does not listen` });
        } catch (error) {
            const output = running.output();
            await proxy.stop();
            throw new Error(`${(error as Error).message}\n${output}`);
        }
        return proxy;
    }

    /** Asks as a browser does, which follows redirects to the same host. */
    async visit(path: string, headers: Record<string, string> = {}): Promise<Visit> {
        for (let redirects = 0; ; redirects += 1) {
            const { status, location, body } = await this.ask(path, headers);
            if (location !== `https://${publicHost}${path}` || redirects === mostRedirects) {
                return { status, body, redirects };
            }
        }
    }

    async stop(): Promise<void> {
        this.running.kill();
        await this.running.result.catch(() => {});
        rmSync(this.folder, { recursive: true, force: true });
    }

    private ask(path: string, headers: Record<string, string>) {
        return new Promise<{ status: number; location?: string; body: string }>((resolve, reject) => {
            const options = {
                host: "127.0.0.1",
                port: this.port,
                path,
                servername: publicHost,
                rejectUnauthorized: false,
                headers: { host: publicHost, ...headers },
            };
            https
                .get(options, response => {
                    let body = "";
                    response.setEncoding("utf8").on("data", text => {
                        body += text;
                    });
                    response.on("end", () =>
                        resolve({ status: response.statusCode ?? 0, location: response.headers.location, body }),
                    );
                    response.on("error", reject);
                })
                .on("error", reject);
        });
    }

    private listens(): Promise<true | undefined> {
        return new Promise(resolve => {
            const socket = connect({ host: "127.0.0.1", port: this.port });
            socket.once("connect", () => resolve(true)).once("error", () => resolve(undefined));
            socket.once("close", () => {}).once("connect", () => socket.destroy());
        });
    }
}
