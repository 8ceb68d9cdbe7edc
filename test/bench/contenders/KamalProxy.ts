import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type Dockerode from "dockerode";
import { Engine } from "../../../docker/Engine";
import { findFreePorts } from "../../support/freePorts";
import { checkIntervalMs } from "../benchStack";
import type { Contender } from "./Contender";

const run = promisify(execFile);
const replicas = 2;

/**
 * kamal-proxy as Kamal drives it: the new containers are started, `kamal-proxy deploy` has it check them, switch and drain,
 * and the old ones are stopped. Kamal itself, which adds its own start and SSH, is not in it; the proxy is a process on the
 * machine, which is its best case.
 */
export class KamalProxy implements Contender {
    readonly name = "kamal-proxy";
    private containers: Dockerode.Container[] = [];
    private proxy: ChildProcess | undefined;
    private made = 0;

    private constructor(
        private readonly binary: string,
        private readonly folder: string,
        private readonly ports: { http: number; https: number },
    ) {}

    /** @param binary its path */
    static async start(binary: string, image: string): Promise<KamalProxy> {
        const folder = mkdtempSync(join(tmpdir(), "relink-bench-"));
        const contender = new KamalProxy(binary, folder, await findFreePorts());
        try {
            await contender.startProxy();
            await contender.release(image);
        } catch (error) {
            await contender.remove();
            throw error;
        }
        return contender;
    }

    get url(): string {
        return `http://127.0.0.1:${this.ports.http}`;
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
        const { proxy } = this;
        if (proxy !== undefined) {
            proxy.kill("SIGTERM");
            await once(proxy, "exit");
        }
        await this.startProxy();
    }

    async remove(): Promise<void> {
        this.proxy?.kill("SIGKILL");
        await Promise.all(this.containers.map(discard));
        rmSync(this.folder, { recursive: true, force: true });
    }

    private async startProxy(): Promise<void> {
        const { http, https } = this.ports;
        const args = ["run", "--http-port", String(http), "--https-port", String(https)];
        this.proxy = spawn(this.binary, args, { env: this.env, stdio: "ignore" });
        for (const deadline = Date.now() + 10_000; ; ) {
            try {
                await this.command(["list"]);
                return;
            } catch (error) {
                if (Date.now() > deadline) {
                    throw error;
                }
            }
        }
    }

    private async startContainer(image: string): Promise<Dockerode.Container> {
        this.made += 1;
        const name = `relink-bench-${process.pid}-${this.made}`;
        const container = await Engine.connect().docker.createContainer({ name, Image: image });
        await container.start();
        return container;
    }

    private async command(args: string[]): Promise<void> {
        await run(this.binary, args, { env: this.env });
    }

    private get env(): NodeJS.ProcessEnv {
        return { ...process.env, HOME: this.folder, XDG_RUNTIME_DIR: this.folder };
    }
}

async function discard(container: Dockerode.Container): Promise<void> {
    await container.stop().catch(() => {}); // it may have ended
    await container.remove({ force: true });
}
