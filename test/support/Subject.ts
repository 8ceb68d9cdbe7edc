import type { Color } from "../../model/Color";
import { expectSuccess } from "./command";
import type { EndState } from "./leftovers";
import { webStack } from "./scenario";
import { createStack, type StackConfig, type TestStack } from "./stack";

/** What the `up` of a test does. */
export type Kind = "release" | "bake" | "return" | "scale up" | "scale down" | "stop" | "remove" | "routes";

/** What one color holds, as the test expects it. */
interface Held {
    image: string;
    /** Makes two releases of one image differ. */
    build: string;
    replicas: number;
    state: "running" | "exited";
}

/** A stack with one service `web`, and the state that it has when nothing goes wrong. */
export class Subject {
    live: Color = "blue";
    builds = 1;
    readonly colors: Record<Color, Held | undefined>;

    private constructor(readonly stack: TestStack) {
        this.colors = {
            blue: { image: "relink-hello:v1", build: "1", replicas: 1, state: "running" },
            green: undefined,
        };
    }

    /** @param others the rest of the stack's config */
    static async create(others?: StackConfig): Promise<Subject> {
        const stack = await createStack({
            config: webStack({ replicas: 1, minHealthyTime: "500ms", env: { BUILD: "1" } }, others),
        });
        try {
            expectSuccess(await stack.up());
        } catch (error) {
            await stack.cleanup();
            throw error;
        }
        return new Subject(stack);
    }

    get idle(): Color {
        return this.live === "blue" ? "green" : "blue";
    }

    /** Brings the stack into a state in which an `up` of this kind can come next. Nothing interrupts these runs. */
    async prepare(kind: Kind): Promise<void> {
        // First of all, since a release takes over the number of replicas.
        if (!kind.startsWith("scale") && this.colors[this.live]?.replicas !== 1) {
            await this.unbroken("scale down");
        }
        const isWarm = () => this.colors[this.idle]?.state === "running";
        if (
            (kind === "release" || kind === "bake" || kind === "return" || kind === "stop" || kind === "remove") &&
            !isWarm()
        ) {
            await this.unbroken("release");
        }
        const replicas = this.colors[this.live]?.replicas;
        if (kind === "scale up" && replicas !== 1) {
            await this.unbroken("scale down");
        }
        if (kind === "scale down" && replicas !== 2) {
            await this.unbroken("scale up");
        }
    }

    async unbroken(kind: Kind): Promise<void> {
        this.wish(kind);
        expectSuccess(await this.stack.up());
    }

    /** Edits the stack's file so that the next `up` is of this kind, and notes what it has to lead to. */
    wish(kind: Kind): void {
        const live = this.colors[this.live]!;
        this.set("previousColor", kind === "stop" || kind === "remove" ? kind : "keep");
        if (kind === "routes") {
            this.builds += 1;
            this.set("hosts", ["*", `build-${this.builds}.example.com`]);
            return;
        }
        if (kind === "scale up" || kind === "scale down") {
            live.replicas = kind === "scale up" ? 2 : 1;
            this.set("replicas", live.replicas);
            return;
        }
        this.set("bakeTime", kind === "bake" ? "1s" : "0s");
        if (kind === "release" || kind === "bake") {
            this.builds += 1;
            const image = live.image.endsWith("v1") ? "relink-hello:v2" : "relink-hello:v1";
            this.colors[this.idle] = { image, build: String(this.builds), replicas: 1, state: "running" };
        }
        const next = this.colors[this.idle]!;
        this.set("image", next.image);
        this.set("env", { BUILD: next.build });
        if (kind === "stop") {
            live.state = "exited";
        }
        if (kind === "remove") {
            this.colors[this.live] = undefined;
        }
        this.live = this.idle;
    }

    /** @returns the end state of a run that nothing interrupts */
    expected(): EndState {
        const lines = (held: Held | undefined) =>
            Array.from({ length: held?.replicas ?? 0 }, (_, index) => {
                const rest = held?.state === "exited" ? "exited, no, maint" : "running, always, ready";
                return `${index + 1}: ${held?.image} ${rest}`;
            });
        return {
            live: this.live,
            blue: lines(this.colors.blue),
            green: lines(this.colors.green),
            record: {
                confirmed: this.live,
                intent: undefined,
                stable: this.live,
                proved: true,
                replicas: this.colors[this.live]?.replicas ?? 0,
            },
        };
    }

    version(): string {
        return this.colors[this.live]?.image.split(":")[1] ?? "";
    }

    private set(key: string, value: unknown): void {
        this.stack.setConfig(`services.web.${key}`, value);
    }
}
