import type { Engine } from "../../docker/Engine";
import { type ContainerEvent, type ContainerEvents, watchContainers } from "../../docker/events";
import type { ContainerWatch } from "../../up/Containers";

/** How long one wait for an event lasts, milliseconds. */
const waitMs = 1_000;

/** Events of one color's containers. */
export class ColorWatch implements ContainerWatch {
    #next: Promise<ContainerEvent | undefined> | undefined;

    private constructor(private readonly events: ContainerEvents) {}

    /** @returns the watch, once the Engine sends events */
    static async open(engine: Engine, labels: Record<string, string>): Promise<ColorWatch> {
        const events = watchContainers(engine, labels);
        await events.ready;
        return new ColorWatch(events);
    }

    /** All calls share one wait, because the Engine's stream hands each event to one wait only. */
    next(): Promise<unknown> {
        this.#next ??= this.events
            .next(({ action }) => action === "die" || action === "health_status", waitMs)
            .finally(() => {
                this.#next = undefined;
            });
        return this.#next;
    }

    close(): void {
        this.events.close();
    }
}
