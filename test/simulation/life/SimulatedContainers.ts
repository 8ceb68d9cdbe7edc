import { StartFailed } from "../../../docker/errors";
import type { Color } from "../../../model/Color";
import type { ContainerInfo } from "../../../model/Container";
import type { RecordedRelease } from "../../../model/Release";
import type { RestartPolicy } from "../../../model/ReleaseSettings";
import { dockerPolicy } from "../../../model/restartPolicy";
import type { CommandOutcome } from "../../../up/CommandOutcome";
import type { ContainerPlace, Containers, ContainerWatch } from "../../../up/Containers";
import { Broken } from "./Broken";
import type { Container } from "./SimulatedContainer";
import type { SimulatedUp } from "./SimulatedUp";

/** The containers of the service in Docker, as an `up` sees and changes them. */
export class SimulatedContainers implements Containers {
    constructor(private readonly up: SimulatedUp) {}

    nameOf(color: Color, slot: number): string {
        return `front-${this.up.world.service}-${color}-${slot}`;
    }

    async create({ color, slot }: ContainerPlace, release: RecordedRelease): Promise<string> {
        const { world } = this.up;
        if (!world.images.has(release.imageId ?? release.digest)) {
            throw new Error(`${release.image} is gone`);
        }
        const { id } = this.#ruled(() => world.create(color, slot, release));
        await this.up.called();
        return id;
    }

    async start(id: string): Promise<void> {
        const container = this.#find(id);
        const { proof } = this.up.faults;
        const isNew = container.release === this.up.desired.release.id;
        const isDue = proof !== undefined && isNew && this.up.started++ >= proof.after;
        if (isDue) {
            this.up.strikes(`proof: ${proof.how}`);
        }
        if (isDue && proof.how === "cannot start") {
            throw new StartFailed("command", `${container.name} cannot be started`);
        }
        Object.assign(container, { state: "running", exitCode: undefined, isSick: isDue });
        await this.up.called();
    }

    async keepRunning(id: string, restart: RestartPolicy): Promise<void> {
        this.#find(id).restart = dockerPolicy(restart);
        await this.up.called();
    }

    async stop(id: string): Promise<void> {
        const { world, faults, phase } = this.up;
        if (faults.cleanUp && phase === "link: leave") {
            this.up.strikes("cleanUp fails");
            throw new Error("Docker cannot stop it");
        }
        const container = world.containers.find(container => container.id === id);
        if (container !== undefined) {
            this.#ruled(() => world.stop(container));
            await this.up.called();
        }
    }

    async remove(id: string): Promise<void> {
        const { world } = this.up;
        const container = world.containers.find(container => container.id === id);
        if (container !== undefined) {
            this.#ruled(() => world.remove(container));
            await this.up.called();
        }
    }

    async inspect(id: string): Promise<ContainerInfo | undefined> {
        return this.up.world.infoOf(id);
    }

    /** Nothing is told: who waits looks again by itself. */
    async watch(): Promise<ContainerWatch> {
        return { next: () => new Promise(() => {}), close: () => {} };
    }

    async command(): Promise<CommandOutcome> {
        return commandOf(this.up);
    }

    async lastLogLines(): Promise<string[]> {
        return [];
    }

    #find(id: string): Container {
        const found = this.up.world.containers.find(container => container.id === id);
        if (found === undefined) {
            throw new Error(`${id} is gone`);
        }
        return found;
    }

    /** A procedure may catch what its ports throw, so that a broken rule is kept. */
    #ruled<T>(change: () => T): T {
        try {
            return change();
        } catch (error) {
            throw error instanceof Broken ? this.up.broke(error.message) : error;
        }
    }
}

/** How the user's command before the end of a container ends. */
export function commandOf(up: SimulatedUp): CommandOutcome {
    if (up.faults.preStop) {
        up.strikes("preStop fails");
    }
    return { exitCode: up.faults.preStop ? 1 : 0, isLate: false, output: [] };
}
