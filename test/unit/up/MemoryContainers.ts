import type { Color } from "../../../model/Color";
import type { ContainerInfo } from "../../../model/Container";
import type { RecordedRelease } from "../../../model/Release";
import type { CommandOutcome } from "../../../up/CommandOutcome";
import type { ContainerPlace, Containers } from "../../../up/Containers";
import { containerOf } from "../providers/FakeSession";

/** Containers in memory. Each change is noted as a step. */
export class MemoryContainers implements Containers {
    /** Changes a container when it is started. */
    onStart = (container: ContainerInfo): Partial<ContainerInfo> => ({ ...container, state: "running" });

    /** Exit code of every command in a container. */
    exitCode = 0;

    constructor(
        readonly list: ContainerInfo[],
        private readonly steps: string[],
    ) {}

    nameOf(color: Color, slot: number): string {
        return `front-web-${color}-${slot}`;
    }

    async create({ color, slot }: ContainerPlace, release: RecordedRelease): Promise<string> {
        this.steps.push(`create ${color}-${slot}`);
        const { imageId } = release;
        const created = containerOf(color, slot, release.id, { imageId, state: "created", restartPolicy: "no" });
        this.list.push(created);
        return created.id;
    }

    start(id: string): Promise<void> {
        return this.#change(`start ${id}`, id, container => this.onStart(container));
    }

    keepRunning(id: string): Promise<void> {
        return this.#change(`keep ${id} running`, id, () => ({ restartPolicy: "always" }));
    }

    stop(id: string, graceMs: number): Promise<void> {
        return this.#change(`stop ${id} within ${graceMs / 1000} s`, id, () => ({ state: "exited" }));
    }

    async remove(id: string): Promise<void> {
        this.steps.push(`remove ${id}`);
        this.list.splice(0, this.list.length, ...this.list.filter(container => container.id !== id));
    }

    async inspect(id: string): Promise<ContainerInfo | undefined> {
        const found = this.list.find(container => container.id === id);
        return found && { ...found };
    }

    async watch() {
        return { next: () => new Promise(() => {}), close: () => {} };
    }

    async command(id: string, command: string): Promise<CommandOutcome> {
        this.steps.push(`${command} in ${id}`);
        return { exitCode: this.exitCode, isLate: false, output: [] };
    }

    async lastLogLines(): Promise<string[]> {
        return [];
    }

    async #change(step: string, id: string, change: (container: ContainerInfo) => Partial<ContainerInfo>) {
        this.steps.push(step);
        for (const container of this.list.filter(container => container.id === id)) {
            Object.assign(container, change(container));
        }
    }
}
