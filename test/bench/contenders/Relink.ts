import { expectSuccess } from "../../support/command";
import { LiveFront } from "../../support/LiveFront";
import { createStack, type TestStack } from "../../support/stack";
import { benchConfig, haproxyImages } from "../benchStack";
import type { Contender, ImageChange } from "./Contender";
import { secondsOfHandOver } from "./handOver";
import type { Site } from "./Site";

const certificate = "site";

/** relink, by the whole `pulumi up`. It does not judge a release after its switch, because no other tool does. */
export class Relink implements Contender {
    readonly name = "relink";
    private clientTimeoutSeconds = 60;
    private images = 0;

    private constructor(
        private readonly stack: TestStack,
        private readonly site: Site | undefined,
    ) {}

    /** @param site what it serves over TLS. @default it serves every host without TLS */
    static async start(site?: Site): Promise<Relink> {
        const stack = await createStack({
            config: benchConfig({ bakeTime: "0s", ...(site && { hosts: [site.host] }) }),
        });
        const contender = new Relink(stack, site);
        try {
            if (site !== undefined) {
                stack.setConfig("front.https", { certificates: [certificate] });
                await contender.setCertificate(site);
            }
            expectSuccess(await stack.up());
        } catch (error) {
            await stack.cleanup();
            throw error;
        }
        return contender;
    }

    get url(): string {
        return this.site === undefined ? this.stack.url : `https://127.0.0.1:${this.stack.ports.https}`;
    }

    async release(image: string): Promise<void> {
        this.stack.setConfig("services.web.image", image);
        // Each release is a new one, never a return.
        this.stack.setConfig("services.web.env", { BUILD: String(performance.now()) });
        expectSuccess(await this.stack.up());
    }

    async reconfigure(): Promise<void> {
        this.clientTimeoutSeconds += 1;
        this.stack.setConfig("front.timeouts.client", `${this.clientTimeoutSeconds}s`);
        expectSuccess(await this.stack.up());
    }

    async restart(): Promise<void> {
        const front = new LiveFront(this.stack);
        const { generations } = await front.observe();
        await front.engine.docker.getContainer(generations.at(-1)?.id ?? "").restart();
    }

    async renew(): Promise<void> {
        if (this.site === undefined) {
            throw new Error("relink serves no site");
        }
        await this.setCertificate(this.site);
        expectSuccess(await this.stack.up());
    }

    async changeImage(): Promise<ImageChange> {
        this.images += 1;
        const image = haproxyImages[this.images % haproxyImages.length]!;
        this.stack.setConfig("front.image", image);
        const fromMs = Date.now();
        const { seconds } = expectSuccess(await this.stack.up());
        const versions = (await new LiveFront(this.stack).versions()).map(version => `haproxy:${version}`);
        if (versions.join() !== image) {
            throw new Error(`the front's image is ${image}, but ${versions.join(" and ")} takes connections`);
        }
        return { seconds, handOverSeconds: await secondsOfHandOver(this.stack.name, fromMs) };
    }

    async remove(): Promise<void> {
        await this.stack.cleanup();
    }

    private async setCertificate(site: Site): Promise<void> {
        const { chain, key } = await site.issue();
        await this.stack.setSecret(`relink:certificates.${certificate}`, `${chain}\n${key}`);
    }
}
