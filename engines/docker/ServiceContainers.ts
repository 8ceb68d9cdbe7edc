import { inspectContainer } from "../../docker/ContainerInfo";
import {
    lastLogLines,
    removeContainer,
    setRestartPolicy,
    startContainer,
    stopContainer,
} from "../../docker/containers";
import type { Engine } from "../../docker/Engine";
import { exec } from "../../docker/exec";
import { slotAddress } from "../../model/addresses";
import type { Color } from "../../model/Color";
import type { ContainerInfo } from "../../model/Container";
import type { RecordedRelease } from "../../model/Release";
import { leadsToFront, type RestartPolicy } from "../../model/ReleaseSettings";
import { dockerPolicy } from "../../model/restartPolicy";
import { frontNames, stackLabels, type Target } from "../../model/Target";
import type { CommandOutcome } from "../../up/CommandOutcome";
import type { ContainerPlace, Containers } from "../../up/Containers";
import { ColorWatch } from "./ColorWatch";
import { createContainer } from "./createContainer";

/** The containers of one service on one Docker host. */
export class ServiceContainers implements Containers {
    constructor(
        private readonly engine: Engine,
        private readonly target: Target,
        private readonly service: string,
    ) {}

    nameOf(color: Color, slot: number): string {
        return frontNames(this.target.front).container(this.service, color, slot);
    }

    async create({ color, slot, block }: ContainerPlace, release: RecordedRelease): Promise<string> {
        const { target, service } = this;
        const asks = release.settings.extraHosts.some(leadsToFront);
        return createContainer(this.engine, {
            name: this.nameOf(color, slot),
            imageId: release.imageId ?? release.digest,
            release: release.settings,
            secretValues: release.secretValues,
            labels: {
                ...this.#labels(color),
                "relink.front": target.front,
                "relink.slot": String(slot),
                "relink.release": release.id,
            },
            env: { RELINK_SERVICE: service, RELINK_COLOR: color, RELINK_RELEASE: release.id },
            network: { name: frontNames(target.front).network, address: block && slotAddress(block, slot) },
            front: asks ? (await this.inspect(frontNames(target.front).anchor))?.address : undefined,
        });
    }

    start(id: string, { secretValues }: RecordedRelease): Promise<void> {
        return startContainer(this.engine, id, secretValues);
    }

    keepRunning(id: string, restart: RestartPolicy): Promise<void> {
        return setRestartPolicy(this.engine, id, dockerPolicy(restart));
    }

    inspect(id: string): Promise<ContainerInfo | undefined> {
        return inspectContainer(this.engine, id, this.target.front);
    }

    stop(id: string, graceMs: number): Promise<void> {
        return stopContainer(this.engine, id, graceMs);
    }

    remove(id: string): Promise<void> {
        return removeContainer(this.engine, id);
    }

    watch(color: Color): Promise<ColorWatch> {
        return ColorWatch.open(this.engine, this.#labels(color));
    }

    async command(id: string, command: string, timeoutMs: number): Promise<CommandOutcome> {
        const signal = AbortSignal.timeout(timeoutMs);
        try {
            const { exitCode, stdout, stderr } = await exec(this.engine, id, ["/bin/sh", "-c", command], { signal });
            return { exitCode, isLate: false, output: `${stdout}\n${stderr}`.split("\n") };
        } catch (error) {
            return { exitCode: undefined, isLate: signal.aborted, output: [(error as Error).message] };
        }
    }

    lastLogLines(id: string, secretValues: Iterable<string>, count: number): Promise<string[]> {
        return lastLogLines(this.engine, id, secretValues, count);
    }

    #labels(color: Color): Record<string, string> {
        return { ...stackLabels(this.target), "relink.service": this.service, "relink.color": color };
    }
}
