import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFile } from "../../docker/archive";
import { isReadOnlyScript } from "../../haproxy/cli";
import { certificatePath, standIn } from "../../haproxy/names";
import { currentWorkers } from "../../model/World";
import { Authority, type LeafOptions, type MadeCertificate } from "./certificates";
import { type CommandResult, expectSuccess } from "./command";
import { EngineProxy, type ExecCall } from "./engineProxy";
import { KeyHunt } from "./KeyHunt";
import { LiveFront } from "./LiveFront";
import type { LoadMix } from "./load";
import { type RawAnswer, rawRequest } from "./rawRequest";
import { type ScenarioOptions, underLoad, webStack } from "./scenario";
import { createStack, type TestStack } from "./stack";
import { type TlsVisit, tlsVisit, type VisitOptions } from "./tlsVisit";

/** Hosts of the stack. The service web has all but `echo`. */
export const hosts = { shop: "shop.example.com", other: "other.example.com", echo: "echo.example.com" } as const;

/** What the load of a scenario with TLS is made of, besides GET. */
const everyLane: LoadMix = { post: 2, newConnection: 2, slow: 1, stream: 1, webSocket: 1, http2: 2 };

/** Answers with the headers that it got. */
const mirror = `require("node:http").createServer((request, response) => response.end(JSON.stringify(request.headers))).listen(8080);
process.on("SIGTERM", () => process.exit());`;

const echo = {
    image: "relink-hello:v1",
    port: 8080,
    hosts: [hosts.echo],
    entrypoint: ["node", "-e", mirror],
    health: { interval: "500ms" },
    minHealthyTime: "500ms",
    bakeTime: "0s",
};

/**
 * A stack with the service `web`, and `echo`, which answers with the headers that it got. An authority of its own issues
 * certificates, and everything that is said is searched for their keys.
 */
export class HttpsStack {
    /** The certificate of the name `shop` in the config. */
    current: MadeCertificate | undefined;

    private constructor(
        readonly authority: Authority,
        readonly stack: TestStack,
        readonly front: LiveFront,
        readonly hunt: KeyHunt,
        private readonly proxy: EngineProxy,
        /** A user's own copies of the certificates. */
        private readonly folder: string,
    ) {}

    static async create(): Promise<HttpsStack> {
        const authority = await Authority.create();
        const proxy = await EngineProxy.beforeEngine();
        const config = webStack({ hosts: ["*"] }, { services: { echo } });
        const stack = await createStack({ env: { DOCKER_HOST: proxy.host }, config });
        const folder = mkdtempSync(join(tmpdir(), "relink-certificates-"));
        return new HttpsStack(authority, stack, new LiveFront(stack), new KeyHunt(), proxy, folder);
    }

    async cleanup(): Promise<void> {
        this.hunt.end();
        rmSync(this.folder, { recursive: true, force: true });
        await this.stack.cleanup();
        await this.proxy.close();
    }

    async issue(options: LeafOptions): Promise<MadeCertificate> {
        const made = await this.authority.issue(options);
        this.hunt.add(made.key);
        return made;
    }

    /** Sets a certificate as docs/settings.md says it. */
    async setCertificate(name: string, ...parts: string[]): Promise<void> {
        await this.setSecret(`relink:certificates.${name}`, parts.join("\n"));
    }

    /** Sets a secret without a command line that holds it. */
    async setSecret(path: string, value: string): Promise<void> {
        const file = join(this.folder, "secret");
        writeFileSync(file, value);
        const command = `pulumi config set --secret --path ${path} --stack ${this.stack.name}`;
        expectSuccess(await this.stack.shell(`cat ${file} | ${command}`));
    }

    /** Issues a certificate with its issuer, and sets it. */
    async give(name: string, options: LeafOptions): Promise<MadeCertificate> {
        const made = await this.issue(options);
        await this.setCertificate(name, made.certificate, this.authority.intermediate, made.key);
        return made;
    }

    /** Gives `shop` a new certificate. */
    async renewShop(): Promise<void> {
        this.current = await this.give("shop", { hosts: [hosts.shop, hosts.echo] });
    }

    /** An `up` whose output is searched later. */
    async up(what: string): Promise<CommandResult> {
        const result = await this.stack.up();
        this.hunt.printed(what, result.stdout + result.stderr);
        return result;
    }

    /** Runs an `up` that must succeed and must lose no request, under load on `shop` with TLS of every kind. */
    async upUnderLoad(scenario: string): Promise<void> {
        await underLoad(scenario, this.stack, async () => void expectSuccess(await this.up(scenario)), this.load());
    }

    /** Load on `shop` with TLS. */
    load(mix: LoadMix = everyLane): ScenarioOptions {
        const url = `https://127.0.0.1:${this.stack.ports.https}`;
        return { url, hostHeader: hosts.shop, ca: this.authority.root, mix, ratePerSecond: 200 };
    }

    /** @param options where they do not say it, to `shop` */
    visit(options: Partial<VisitOptions> = {}): Promise<TlsVisit> {
        return tlsVisit(this.stack.ports.https, { ca: this.authority.root, serverName: hosts.shop, ...options });
    }

    /** @returns the answer to a request without TLS */
    plainly(host: string, path = "/", method = "GET"): Promise<RawAnswer | undefined> {
        const head = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
        return rawRequest(this.stack.ports.http, head);
    }

    /**
     * Sends a request without TLS.
     * @param lines the request and its headers, without the end
     */
    ask(lines: string[], body = ""): Promise<RawAnswer | undefined> {
        return rawRequest(this.stack.ports.http, `${[...lines, "connection: close", "", ""].join("\r\n")}${body}`);
    }

    /**
     * @param serverName what the client names. @default nothing
     * @returns fingerprint of the certificate that a new handshake gets
     */
    async served(serverName?: string): Promise<string> {
        return (await this.visit({ serverName })).fingerprint;
    }

    /** @returns the text of a certificate in HAProxy's files; undefined where there is none */
    async file(name: string): Promise<string | undefined> {
        return (await readFile(this.front.engine, this.stack.front, certificatePath(name)))?.toString();
    }

    /** @returns which container the anchor is, and since when it runs */
    async anchor(): Promise<{ id: string; startedAt: string }> {
        const { Id: id, State } = await this.front.engine.docker.getContainer(this.stack.front).inspect();
        return { id, startedAt: State.StartedAt };
    }

    /** @returns process ids of HAProxy's workers */
    async workers(): Promise<number[]> {
        return currentWorkers((await this.front.observe()).front).map(({ pid }) => pid);
    }

    /** @returns whether HAProxy's workers are all a generation's, and none is of HAProxy in the anchor, which stands in */
    async isServedByGeneration(): Promise<boolean> {
        const workers = currentWorkers((await this.front.observe()).front);
        return workers.length > 0 && workers.every(({ generation }) => generation !== standIn);
    }

    /** @returns what a run of the CLI changes at the Engine */
    async changes(run: () => Promise<unknown>): Promise<string[]> {
        this.proxy.clear();
        await run();
        const isReading = ({ argv, stdin }: ExecCall) => isReadOnlyScript(argv, stdin);
        const calls = this.proxy.mutatingCalls(isReading);
        return calls.map(({ method, path, exec }) => `${method} ${path} ${exec?.argv.join(" ") ?? ""}`);
    }
}

/** @returns SHA-1 of a certificate, hexadecimal with colons */
export function fingerprintOf(made: MadeCertificate | undefined): string {
    return new X509Certificate(made?.certificate ?? "").fingerprint;
}
