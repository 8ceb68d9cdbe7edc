import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type Dockerode from "dockerode";
import { Engine } from "../../../docker/Engine";
import { exec } from "../../../docker/exec";
import { findFreePorts, type StackPorts } from "../../support/freePorts";
import { until } from "../../support/until";
import { checkIntervalMs, haproxyImages } from "../benchStack";
import type { Contender, ImageChange } from "./Contender";
import type { Site } from "./Site";

const replicas = 2;
const program = "/usr/local/bin/kamal-proxy";
/** Where the proxy keeps what it was told, so that its next container knows it. Kamal has a volume there too. */
const stateFolder = "/root/.config/kamal-proxy";
const certificateFolder = "/root/certificates";

/**
 * kamal-proxy as Kamal runs it, in a container with published ports. A release starts the new containers, lets `docker exec
 * kamal-proxy kamal-proxy deploy` check them, switch and drain, and stops the old ones. Kamal itself, which adds its own start
 * and SSH, does not take part.
 */
export class KamalProxy implements Contender {
    readonly name = "kamal-proxy";
    private readonly proxyName = `relink-bench-${process.pid}-proxy`;
    private readonly docker = Engine.connect().docker;
    private readonly certificates = mkdtempSync(join(tmpdir(), "relink-bench-"));
    private containers: Dockerode.Container[] = [];
    private proxy: Dockerode.Container | undefined;
    private made = 0;
    private images = 0;

    private constructor(
        private readonly binary: string,
        private readonly ports: StackPorts,
        private readonly site: Site | undefined,
    ) {}

    /**
     * @param binary path of a static kamal-proxy, which runs in any image
     * @param image of the app
     * @param site what it serves over TLS. @default it serves every host without TLS
     */
    static async start(binary: string, image: string, site?: Site): Promise<KamalProxy> {
        const contender = new KamalProxy(resolve(binary), await findFreePorts(), site);
        try {
            await contender.startProxy();
            await contender.writeCertificate();
            await contender.release(image);
        } catch (error) {
            await contender.remove();
            throw error;
        }
        return contender;
    }

    get url(): string {
        const { http, https } = this.ports;
        return this.site === undefined ? `http://127.0.0.1:${http}` : `https://127.0.0.1:${https}`;
    }

    async release(image: string): Promise<void> {
        const old = this.containers;
        this.containers = await Promise.all(Array.from({ length: replicas }, () => this.startContainer(image)));
        await this.deploy();
        await Promise.all(old.map(discard));
    }

    async reconfigure(): Promise<void> {
        // Its settings are flags of the process.
        await this.restart();
    }

    async restart(): Promise<void> {
        await this.proxy?.restart();
        await this.ready();
    }

    async renew(): Promise<void> {
        await this.writeCertificate();
        // Kamal starts new containers of the app for it. The proxy does not need them.
        await this.deploy();
    }

    async changeImage(): Promise<ImageChange> {
        const startedMs = performance.now();
        this.images += 1;
        await this.proxy?.stop();
        await this.proxy?.remove();
        await this.startProxy();
        const seconds = (performance.now() - startedMs) / 1000;
        return { seconds, handOverSeconds: seconds };
    }

    async remove(): Promise<void> {
        await this.proxy?.remove({ force: true });
        await this.docker.getVolume(this.proxyName).remove();
        await Promise.all(this.containers.map(discard));
        rmSync(this.certificates, { recursive: true });
    }

    private async startProxy(): Promise<void> {
        const { http, https } = this.ports;
        const published = (port: number) => [{ HostIp: "127.0.0.1", HostPort: String(port) }];
        this.proxy = await this.docker.createContainer({
            name: this.proxyName,
            Image: haproxyImages[this.images % haproxyImages.length]!,
            User: "0",
            // HAProxy's image has another one, which kamal-proxy ignores.
            StopSignal: "SIGTERM",
            Env: ["HOME=/root"],
            Entrypoint: [program, "run"],
            Cmd: ["--http-port", "80", "--https-port", "443"],
            ExposedPorts: { "80/tcp": {}, "443/tcp": {} },
            HostConfig: {
                Binds: [
                    `${this.binary}:${program}:ro`,
                    `${this.proxyName}:${stateFolder}`,
                    `${this.certificates}:${certificateFolder}:ro`,
                ],
                PortBindings: { "80/tcp": published(http), "443/tcp": published(https) },
            },
        });
        await this.proxy.start();
        await this.ready();
    }

    private async writeCertificate(): Promise<void> {
        if (this.site !== undefined) {
            const { chain, key } = await this.site.issue();
            writeFileSync(join(this.certificates, "cert.pem"), chain);
            writeFileSync(join(this.certificates, "key.pem"), key);
        }
    }

    private async deploy(): Promise<void> {
        const targets = await Promise.all(
            this.containers.map(async container => {
                const { NetworkSettings } = await container.inspect();
                return `--target=${NetworkSettings.Networks.bridge?.IPAddress}:8080`;
            }),
        );
        const check = ["--health-check-path", "/healthz", "--health-check-interval", `${checkIntervalMs}ms`];
        await this.command(["deploy", "web", ...targets, ...check, ...(this.site ? tlsFlags(this.site) : [])]);
    }

    private async ready(): Promise<void> {
        await until(
            async () =>
                this.command(["list"]).then(
                    () => true,
                    () => undefined,
                ),
            { deadline: Date.now() + 10_000, what: "kamal-proxy does not answer" },
        );
    }

    private async startContainer(image: string): Promise<Dockerode.Container> {
        this.made += 1;
        const name = `relink-bench-${process.pid}-${this.made}`;
        const container = await this.docker.createContainer({ name, Image: image });
        await container.start();
        return container;
    }

    private async command(args: string[]): Promise<void> {
        const { exitCode, stderr } = await exec(Engine.connect(), this.proxy?.id ?? "", [program, ...args]);
        if (exitCode !== 0) {
            throw new Error(`kamal-proxy ${args.join(" ")}: ${stderr}`);
        }
    }
}

function tlsFlags({ host }: Site): string[] {
    const [certificate, key] = ["cert.pem", "key.pem"].map(file => `${certificateFolder}/${file}`);
    return ["--host", host, "--tls", `--tls-certificate-path=${certificate}`, `--tls-private-key-path=${key}`];
}

async function discard(container: Dockerode.Container): Promise<void> {
    await container.stop().catch(() => {}); // it may have ended
    await container.remove({ force: true });
}
