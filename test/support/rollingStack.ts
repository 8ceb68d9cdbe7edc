import { expect } from "vitest";
import { slotAddress } from "../../model/addresses";
import { expectSuccess } from "./command";
import { exampleServices } from "./example";
import { breaksAt } from "./faultyApps";
import { LiveFront } from "./LiveFront";
import { containersOf, outputsOf, webStack } from "./scenario";
import { createStack, type TestStack } from "./stack";

const v1 = "relink-hello:v1";
const v2 = "relink-hello:v2";

/** The example stack `rolling`, and the image that its service `web` runs when nothing goes wrong. */
export class RollingStack {
    image = v1;
    replicas = 2;
    readonly front: LiveFront;

    private constructor(readonly stack: TestStack) {
        this.front = new LiveFront(stack);
    }

    /** @param services which of the example's services */
    static async create(services = ["web"]): Promise<RollingStack> {
        const all = exampleServices("rolling");
        const config = webStack(all.web, {
            services: Object.fromEntries(services.map(name => [name, all[name]])),
        });
        const stack = await createStack({ config });
        try {
            expectSuccess(await stack.up());
        } catch (error) {
            await stack.cleanup();
            throw error;
        }
        return new RollingStack(stack);
    }

    /** The other image, which it does not run now. */
    get other(): string {
        return this.image === v1 ? v2 : v1;
    }

    get version(): string {
        return this.image.split(":")[1] ?? "";
    }

    set(settings: Record<string, unknown>): void {
        for (const [key, value] of Object.entries(settings)) {
            this.stack.setConfig(`services.web.${key}`, value);
        }
    }

    /** Edits the stack's file so that the next `up` rolls to the other image. */
    wish(rolling: object = {}, more: Record<string, unknown> = {}): void {
        this.image = this.other;
        this.set({ image: this.image, strategy: { rolling }, ...more });
    }

    /** Ids of its containers. */
    async ids(): Promise<string[]> {
        return (await containersOf(this.stack, "blue")).map(({ id }) => id);
    }

    /**
     * Requires that every container of blue has the image and is up, that HAProxy's memory and map and the record know
     * it, that no intent is open, and that green is empty.
     */
    async expectRolled(): Promise<void> {
        const { stack, front, image, replicas } = this;
        const containers = await containersOf(stack, "blue");
        const { Id } = await front.engine.docker.getImage(image).inspect();
        expect(containers.map(({ imageId, state, restartPolicy }) => `${imageId} ${state} ${restartPolicy}`)).toEqual(
            Array(replicas).fill(`${Id} running always`),
        );
        const { blue, live, confirmed, intent } = await front.service("web");
        const { ready, deviations, strays, release } = blue;
        expect({ live, confirmed, intent, ready, deviations, strays }).toEqual({
            live: "blue",
            confirmed: "blue",
            intent: undefined,
            ready: replicas,
            deviations: [],
            strays: [],
        });
        expect(release).toMatchObject({ image, proved: true, linked: true });
        const workers = (await front.observe()).front?.workers.filter(({ old }) => !old) ?? [];
        expect(workers.map(({ releases }) => releases.get("web-blue"))).toEqual(workers.map(() => release?.id));
        const record = await front.record("web");
        expect(record.link.release).toBe(release?.id);
        expect(record.kept[0]).toBe(release?.id);
        expect(await containersOf(stack, "green")).toEqual([]);
        expect(await outputsOf(stack)).toMatchObject({ live: "blue", stable: "blue", blue: { image, replicas } });
    }

    /**
     * @returns a command with which the `count`-th new container cannot start, and the others can. The command knows it
     * by its slot.
     */
    async brokenInTheMiddle(): Promise<string[]> {
        const { block, slots = [] } = (await this.front.service("web")).blue;
        const taken = slots.map(({ slot }) => slot);
        const free = Array.from({ length: block?.size ?? 0 }, (_, index) => index + 1).filter(s => !taken.includes(s));
        // The second new one takes the slot of the lowest number that is free when the first one is up.
        const [, second = 0] = free;
        return breaksAt(slotAddress(block!, second));
    }
}
