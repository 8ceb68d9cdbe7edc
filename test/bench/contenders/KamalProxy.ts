import { resolve } from "node:path";
import type Dockerode from "dockerode";
import { Engine } from "../../../docker/Engine";
import { exec } from "../../../docker/exec";
import { findFreePorts } from "../../support/freePorts";
import { until } from "../../support/until";
import { checkIntervalMs, haproxyImage } from "../benchStack";
import type { Contender } from "./Contender";

const replicas = 2;
const program = "/usr/local/bin/kamal-proxy";

/**
 * kamal-proxy as Kamal runs it, in a container with published ports. A release starts the new containers, lets `docker exec
 * kamal-proxy kamal-proxy deploy` check them, switch and drain, and stops the old ones. Kamal itself, which adds its own start
 * and SSH, does not take part.
 */
export class KamalProxy implements Contender {
    readonly name = "kamal-proxy";
    private readonly docker = Engine.connect().docker;
    private containers: Dockerode.Container[] = [];
    private proxy: Dockerode.Container | undefined;
    private made = 0;

    private constructor(private readonly port: number) {}

    /** @param binary path of a static kamal-proxy, which runs in any image */
    static async start(binary: string, image: string): Promise<KamalProxy> {
        const contender = new KamalProxy((await findFreePorts()).http);
        try {
            await contender.startProxy(resolve(binary));
            await contender.release(image);
        } catch (error) {
            await contender.remove();
            throw error;
        }
        return contender;
    }

    get url(): string {
        return `http://127.0.0.1:${this.port}`;
    }

    async release(image: string): Promise<void> {
        const old = this.containers;
        this.containers = await Promise.all(Array.from({ length: replicas }, () => this.startContainer(image)));
        const addresses = await Promise.all(
            this.containers.map(async container => {
                const { NetworkSettings } = await container.inspect();
                return `--target=${NetworkSettings.Networks.bridge?.IPAddress}:8080`;
            }),
        );
        const check = ["--health-check-path", "/healthz", "--health-check-interval", `${checkIntervalMs}ms`];
        await this.command(["deploy", "web", ...addresses, ...check]);
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

    async remove(): Promise<void> {
        await this.proxy?.remove({ force: true });
        await Promise.all(this.containers.map(discard));
    }

    private async startProxy(binary: string): Promise<void> {
        this.proxy = await this.docker.createContainer({
            name: `relink-bench-${process.pid}-proxy`,
            Image: haproxyImage,
            User: "0",
            // HAProxy's image has another one, which kamal-proxy ignores.
            StopSignal: "SIGTERM",
            Entrypoint: [program, "run"],
            Cmd: ["--http-port", "80", "--https-port", "443"],
            ExposedPorts: { "80/tcp": {} },
            HostConfig: {
                Binds: [`${binary}:${program}:ro`],
                PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: String(this.port) }] },
            },
        });
        await this.proxy.start();
        await this.ready();
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

async function discard(container: Dockerode.Container): Promise<void> {
    await container.stop().catch(() => {}); // it may have ended
    await container.remove({ force: true });
}
