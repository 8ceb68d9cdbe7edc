import type { Color } from "../../../model/Color";
import { idleColor } from "../../../model/Live";
import type { Answer, AskedSettings, Questions, Response } from "../../../up/Front";
import type { SimulatedUp } from "./SimulatedUp";

/** Requests of ours to the service through HAProxy. */
export class SimulatedQuestions implements Questions {
    /** Whether the worker that answers knows the secret. */
    private isKnown: boolean;

    constructor(private readonly up: SimulatedUp) {
        this.isKnown = up.faults.confirm !== "another worker";
    }

    async ask(listener: "http" | "preview", _settings: AskedSettings, color?: Color): Promise<Answer> {
        return listener === "preview" ? this.#answerPreview() : this.#answer(color);
    }

    async get(): Promise<Response> {
        return { status: 200, headers: {}, body: "" };
    }

    async renew(): Promise<boolean> {
        const { isKnown } = this;
        this.isKnown = true;
        return !isKnown;
    }

    async end(): Promise<void> {}

    #answerPreview(): Answer {
        const { world } = this.up;
        const color = idleColor(world.link);
        const answering = world.on(color).filter(({ slot }) => world.isOpen(color, slot));
        if (answering.length === 0) {
            return { status: 503, good: false, text: "503" };
        }
        for (const container of answering) {
            container.isAnswered = true;
        }
        const release = world.front.memory?.releases[color];
        return { status: 200, color, release, good: true, text: `200 from ${color} (release ${release})` };
    }

    #answer(color?: Color): Answer {
        const { world, faults } = this.up;
        const { link } = world;
        const asked = color ?? (link === "none" ? undefined : link);
        const answers = asked === undefined ? [] : world.on(asked).filter(({ slot }) => world.isOpen(asked, slot));
        if (asked === undefined || answers.length === 0) {
            return { status: 503, good: false, text: "503" };
        }
        if (faults.confirm !== "good") {
            this.up.strikes(`confirm: ${faults.confirm}`);
        }
        if (!this.isKnown) {
            return { status: 200, good: true, text: "200" };
        }
        if (faults.confirm === "lost") {
            throw new Error("no answer came");
        }
        const release = world.front.memory?.releases[asked];
        const good = faults.confirm !== "wrong";
        if (good && this.up.unconfirmed === asked) {
            this.up.unconfirmed = undefined;
        }
        return { status: good ? 200 : 500, color: asked, release, good, text: `answered by ${asked}` };
    }
}
