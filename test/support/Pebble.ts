import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Authority } from "./certificates";
import { type RunningCommand, startCommand } from "./command";
import { findFreePorts, type StackPorts } from "./freePorts";
import { toolchain } from "./toolchain";
import { until } from "./until";

export interface PebbleOptions {
    /** Port on 127.0.0.1 that it asks for answers to its challenges (HTTP-01). */
    httpPort: number;
    /** Lifetime of a certificate by profile, seconds. @default `default` alone, 90 days */
    profiles?: Record<string, number>;
    /** Percentage of good nonces that it refuses. @default 0 */
    badNonces?: number;
    /** @default free ones */
    ports?: StackPorts;
    /** Where its files are, for a run of its own. @default a temporary folder, removed at its end */
    folder?: string;
}

const day = 24 * 3600;
const startMs = 30_000;

/**
 * Pebble, an ACME server, on 127.0.0.1, and the DNS server that it asks: each name leads to 127.0.0.1. An authority of the test's
 * own has signed the server's certificate, and Pebble's has signed those that it issues.
 */
export class Pebble {
    /** PEM file with what has signed the server's certificate. */
    readonly ca: string;
    #running: RunningCommand[] = [];

    private constructor(
        readonly ports: StackPorts,
        private readonly authority: Authority,
        private readonly folder: string,
        private readonly programs: { acme: string; dns: string },
    ) {
        this.ca = join(folder, "ca.pem");
    }

    static async start(options: PebbleOptions): Promise<Pebble> {
        const { ensurePebble } = await toolchain("pebble.mjs");
        const folder = options.folder ?? mkdtempSync(join(tmpdir(), "relink-pebble-"));
        const authority = await Authority.create();
        const ports = options.ports ?? (await findFreePorts());
        const pebble = new Pebble(ports, authority, folder, await ensurePebble());
        const { certificate, key } = await authority.issue({ hosts: ["localhost"] });
        writeFileSync(pebble.ca, authority.root);
        writeFileSync(join(folder, "certificate.pem"), `${certificate}\n${authority.intermediate}\n`);
        writeFileSync(join(folder, "key.pem"), key, { mode: 0o600 });
        try {
            await pebble.restart(options);
        } catch (error) {
            await pebble.stop();
            throw error;
        }
        return pebble;
    }

    /** URL of its directory. */
    get directory(): string {
        return `https://localhost:${this.ports.http}/dir`;
    }

    /** Starts it anew. It has forgotten all accounts, and issues with another key. */
    async restart(options: PebbleOptions): Promise<void> {
        await this.down();
        const profiles = Object.entries(options.profiles ?? { default: 90 * day }).map(
            ([name, validityPeriod]) => [name, { description: name, validityPeriod }] as const,
        );
        const config = join(this.folder, "config.json");
        const pebble = {
            listenAddress: `127.0.0.1:${this.ports.http}`,
            managementListenAddress: `127.0.0.1:${this.ports.https}`,
            certificate: join(this.folder, "certificate.pem"),
            privateKey: join(this.folder, "key.pem"),
            httpPort: options.httpPort,
            tlsPort: options.httpPort,
            retryAfter: { authz: 1, order: 1 },
            keyAlgorithm: "ecdsa",
            profiles: Object.fromEntries(profiles),
        };
        writeFileSync(config, JSON.stringify({ pebble }));
        const dns = `127.0.0.1:${this.ports.preview}`;
        const none = ["-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", ""];
        const names = ["-dnsserver", dns, "-management", `127.0.0.1:${this.ports.metrics}`, "-defaultIPv6", ""];
        const env = {
            ...process.env,
            PEBBLE_VA_NOSLEEP: "1",
            PEBBLE_AUTHZREUSE: "0",
            PEBBLE_WFE_NONCEREJECT: String(options.badNonces ?? 0),
        };
        const run = { cwd: this.folder, env, timeoutSeconds: 24 * 3600 };
        this.#running = [
            startCommand(this.programs.dns, [...none, ...names], run),
            startCommand(this.programs.acme, ["-config", config, "-dnsserver", dns], run),
        ];
        const waiting = { deadline: Date.now() + startMs, what: "Pebble does not answer" };
        await until(async () => {
            const ended = this.output().match(/^(Calling|Reading|listen) .*/m);
            return ended ? Promise.reject(new Error(ended[0])) : this.root().catch(() => undefined);
        }, waiting);
    }

    /** @returns the certificate that those who visit a host with one of its certificates have to trust, PEM */
    root(): Promise<string> {
        return this.#get(`https://localhost:${this.ports.https}/roots/0`);
    }

    /** Tells when a certificate should be renewed, as the authority's answer to a question about that (ARI). */
    async suggest(certificate: string, window: { start: string; end: string }): Promise<void> {
        const body = JSON.stringify({ certificate, ariResponse: JSON.stringify({ suggestedWindow: window }) });
        await this.#post(https, `https://localhost:${this.ports.https}/set-renewal-info/`, body);
    }

    /** A command that sets and clears TXT records, as a user's own. */
    get dnsHook(): string {
        const code = `const { RELINK_DNS_ACTION: action, RELINK_DNS_NAME: name, RELINK_DNS_VALUE: value } = process.env;
fetch("http://127.0.0.1:${this.ports.metrics}/" + action + "-txt", { method: "POST", body: JSON.stringify({ host: name + ".", value }) })
    .then(({ ok }) => { process.exitCode = ok ? 0 : 1; });`;
        return `node -e '${code}'`;
    }

    /** Has a host lead to an address at which nothing answers. */
    async misplace(host: string): Promise<void> {
        const body = JSON.stringify({ host: `${host}.`, addresses: ["127.0.0.77"] });
        await this.#post(http, `http://127.0.0.1:${this.ports.metrics}/add-a`, body);
    }

    /** All that it has printed since its last start. */
    output(): string {
        return this.#running.map(running => running.output()).join("\n");
    }

    /** Ends it. It can be started again. */
    async down(): Promise<void> {
        for (const running of this.#running) {
            running.kill();
            await running.result.catch(() => {});
        }
        this.#running = [];
    }

    /** Ends it, and removes its folder. */
    async stop(): Promise<void> {
        await this.down();
        rmSync(this.folder, { recursive: true, force: true });
    }

    #get(url: string): Promise<string> {
        return new Promise((resolve, reject) => {
            https.get(url, { ca: this.authority.root, agent: false }, answered(resolve, reject)).on("error", reject);
        });
    }

    #post(client: typeof http | typeof https, url: string, body: string): Promise<string> {
        return new Promise((resolve, reject) => {
            const headers = { "User-Agent": "relink" };
            const options = { method: "POST", headers, ca: this.authority.root, agent: false as const };
            client.request(url, options, answered(resolve, reject)).on("error", reject).end(body);
        });
    }
}

function answered(resolve: (text: string) => void, reject: (error: Error) => void) {
    return (response: http.IncomingMessage) => {
        let text = "";
        response.setEncoding("utf8").on("data", piece => {
            text += piece;
        });
        response.on("end", () =>
            response.statusCode === 200 ? resolve(text) : reject(new Error(`${response.statusCode} ${text}`)),
        );
    };
}
