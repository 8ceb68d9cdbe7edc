import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile, readFolder } from "../../docker/archive";
import { Engine } from "../../docker/Engine";
import { certificatePath } from "../../haproxy/names";
import { folders } from "../../model/folders";
import { type CertificateRecords, parseCertificates } from "../../model/RecordedCertificate";
import { currentWorkers } from "../../model/World";
import { type CommandResult, expectSuccess } from "./command";
import { KeyHunt } from "./KeyHunt";
import { LiveFront } from "./LiveFront";
import { Pebble, type PebbleOptions } from "./Pebble";
import { type ScenarioOptions, webStack } from "./scenario";
import { createStack, type TestStack } from "./stack";
import { type TlsVisit, tlsVisit } from "./tlsVisit";

export const shop = "shop.example.com";

/** A stack with the service `web`, whose certificates come from a Pebble of its own. */
export class AcmeStack {
    readonly hunt = new KeyHunt();
    readonly engine = Engine.connect();
    readonly front: LiveFront;

    private constructor(
        readonly stack: TestStack,
        readonly pebble: Pebble,
        private readonly options: PebbleOptions,
    ) {
        this.front = new LiveFront(stack);
    }

    static async create(options: Partial<PebbleOptions> = {}): Promise<AcmeStack> {
        const stack = await createStack({ config: webStack({ hosts: [shop] }) });
        const all = { httpPort: stack.ports.http, ...options };
        const acme = new AcmeStack(stack, await Pebble.start(all), all);
        acme.setAcme({});
        return acme;
    }

    async cleanup(): Promise<void> {
        this.hunt.end();
        await this.stack.cleanup();
        await this.pebble.stop();
    }

    /** Sets how certificates are got: from Pebble, and what else is said. */
    setAcme(acme: Record<string, unknown>): void {
        const { directory, ca: directoryCa } = this.pebble;
        // Without a profile, Pebble takes any.
        this.stack.setConfig("front.https.acme", { directory, directoryCa, profile: "default", ...acme });
    }

    setHosts(...hosts: string[]): void {
        this.stack.setConfig("services.web.hosts", hosts);
    }

    /** Starts Pebble anew, which has forgotten everything. */
    restart(options: Partial<PebbleOptions> = {}): Promise<void> {
        return this.pebble.restart({ ...this.options, ...options });
    }

    /** An `up` whose output is searched later. */
    async up(): Promise<CommandResult> {
        return this.#heard("up", await this.stack.up());
    }

    /** `npm run renew`. */
    async renew(): Promise<CommandResult> {
        return this.#heard("renew", await this.stack.look("renew").result);
    }

    async visit(serverName = shop): Promise<TlsVisit> {
        return tlsVisit(this.stack.ports.https, { ca: await this.pebble.root(), serverName });
    }

    /** Load on the public listener with TLS, many handshakes among it. */
    async load(): Promise<ScenarioOptions> {
        const url = `https://127.0.0.1:${this.stack.ports.https}`;
        const mix = { newConnection: 8, http2: 1 };
        return { url, hostHeader: shop, ca: await this.pebble.root(), mix, ratePerSecond: 100 };
    }

    /** What the record has of certificates. All of their keys are searched for later. */
    async recorded(): Promise<CertificateRecords> {
        const files = await readFolder(this.engine, this.stack.front, folders.record);
        const records = parseCertificates(
            new Map([...files].map(([path, content]) => [path, content.toString("utf8")])),
        );
        for (const key of Object.values(keysOf(records))) {
            this.hunt.add(String(createPrivateKey(key).export({ type: "pkcs8", format: "pem" })));
        }
        return records;
    }

    /** Sets when a certificate in HAProxy's file should be renewed, as Pebble says it. */
    async suggest(name: string, fromSeconds: number, toSeconds: number): Promise<void> {
        const file = String(await readFile(this.engine, this.stack.front, certificatePath(name)));
        const [start, end] = [fromSeconds, toSeconds].map(at => new Date(Date.now() + at * 1000).toISOString());
        await this.pebble.suggest(new X509Certificate(file).toString(), { start: start!, end: end! });
    }

    /** @returns process ids of HAProxy's workers */
    async workers(): Promise<number[]> {
        return currentWorkers((await this.front.observe()).front).map(({ pid }) => pid);
    }

    async #heard(what: string, result: CommandResult): Promise<CommandResult> {
        this.hunt.printed(what, result.stdout + result.stderr);
        await this.recorded().catch(() => {});
        return result;
    }
}

/** @returns the keys in the record, PEM: the account's, and by certificate the next one's or the present one's */
export function keysOf({ account, certificates }: CertificateRecords): Record<string, string> {
    const keys = [...certificates.values()].map(({ name, issued, next }) => {
        const key = next?.key ?? /-----BEGIN PRIVATE KEY[\s\S]*/.exec(issued?.pem ?? "")?.[0] ?? "";
        return [name, key.trim()] as const;
    });
    return { ...(account && { account: account.key.trim() }), ...Object.fromEntries(keys) };
}

/** Expects that a command ended well. @returns all that it printed */
export function said(result: CommandResult): string {
    const { stdout, stderr } = expectSuccess(result);
    return stdout + stderr;
}
