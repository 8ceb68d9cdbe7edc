import { expectSuccess } from "../../support/command";
import { LiveFront } from "../../support/LiveFront";
import { createStack, type TestStack } from "../../support/stack";
import { benchConfig } from "../benchStack";
import type { Contender } from "./Contender";

/** relink, by the whole `pulumi up`. It does not judge a release after its switch, because no other tool does. */
export class Relink implements Contender {
    readonly name = "relink";
    private clientTimeoutSeconds = 60;

    private constructor(private readonly stack: TestStack) {}

    static async start(): Promise<Relink> {
        const stack = await createStack({ config: benchConfig({ bakeTime: "0s" }) });
        try {
            expectSuccess(await stack.up());
        } catch (error) {
            await stack.cleanup();
            throw error;
        }
        return new Relink(stack);
    }

    get url(): string {
        return this.stack.url;
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

    async remove(): Promise<void> {
        await this.stack.cleanup();
    }
}
