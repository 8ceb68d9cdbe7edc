import { inspectContainer } from "../../docker/ContainerInfo";
import { lastLogLines } from "../../docker/containers";
import type { Engine } from "../../docker/Engine";
import type { Color } from "../../model/Color";
import type { ContainerInfo } from "../../model/Container";
import { stackLabels, type Target } from "../../model/Target";
import type { Containers } from "../../up/Containers";
import { ColorWatch } from "./ColorWatch";

/** The containers of one service on one Docker host. */
export class ServiceContainers implements Containers {
    constructor(
        private readonly engine: Engine,
        private readonly target: Target,
        private readonly service: string,
    ) {}

    inspect(id: string): Promise<ContainerInfo | undefined> {
        return inspectContainer(this.engine, id, this.target.front);
    }

    watch(color: Color): Promise<ColorWatch> {
        return ColorWatch.open(this.engine, {
            ...stackLabels(this.target),
            "relink.service": this.service,
            "relink.color": color,
        });
    }

    lastLogLines(id: string, secretValues: Iterable<string>, count: number): Promise<string[]> {
        return lastLogLines(this.engine, id, secretValues, count);
    }
}
