import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import * as https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expectSuccess, type RunningCommand, startCommand } from "./command";
import { findFreePorts } from "./freePorts";
import { type ProxyProgram, publicHost } from "./proxyPrograms";
import { until } from "./until";

/** The answer that a client of the proxy got. */
export interface Visit {
    status: number;
    body: string;
    /** How many redirects the client followed. */
    redirects: number;
}

/** Redirects after which a browser gives up. */
const mostRedirects = 20;

/** A proxy that runs in front of a front. */
export class TlsProxy {
    private constructor(
        private readonly folder: string,
        private readonly port: number,
        private readonly running: RunningCommand,
    ) {}

    /** @param front host and port of the front's public listener */
    static async start({ binary, configure, command }: ProxyProgram, front: string): Promise<TlsProxy> {
        const { https: port } = await findFreePorts();
        const folder = mkdtempSync(join(tmpdir(), "relink-proxy-"));
        mkdirSync(join(folder, "storage"));
        const args = configure(folder, port, front);
        const env = { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder };
        const running = startCommand(binary, args, { cwd: folder, env, timeoutSeconds: 600 });
        const proxy = new TlsProxy(folder, port, running);
        try {
            if (command !== undefined) {
                const told = startCommand("sh", ["-c", command(front)], { cwd: folder, env, timeoutSeconds: 60 });
                expectSuccess(await told.result);
            }
            await until(() => proxy.answers(), { deadline: Date.now() + 30_000, what: `${binary} does not answer` });
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

    /** A proxy may listen before it has read its configuration. @returns undefined while it does not answer rightly */
    private answers(): Promise<true | undefined> {
        return this.ask("/", {}).then(
            ({ status }) => (status === 200 ? true : undefined),
            () => undefined,
        );
    }
}
