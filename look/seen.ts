import { backendName } from "../haproxy/names";
import type { Color } from "../model/Color";
import { type ContainerInfo, slotOf } from "../model/Container";
import { isBackground } from "../model/Record";
import { recordOf } from "../model/Records";
import { containersOf, currentWorkers, type World } from "../model/World";
import type { Seen, SeenContainer } from "../up/Seen";
import { fingerprint } from "./fingerprint";
import { observedService } from "./observedService";

/** @returns one service, as a procedure of an `up` sees it. What few procedures ask for is worked out when it is asked for. */
export function seen(world: World, service: string): Seen {
    const of = (color: Color) =>
        containersOf(world, service, color).map(container =>
            seenContainer(world, backendName(service, color), container),
        );
    const record = recordOf(world.records, service);
    return {
        get service() {
            return observedService(world, service);
        },
        get fingerprint() {
            return fingerprint(world, service);
        },
        record,
        containers: { blue: of("blue"), green: of("green") },
        isFrontRunning: world.anchor?.state === "running",
        isBackground: isBackground(record),
    };
}

function seenContainer(world: World, backend: string, container: ContainerInfo): SeenContainer {
    const workers = currentWorkers(world.front);
    const slot = slotOf(container);
    const servers = workers.map(({ backends }) => backends.get(backend)?.servers.get(slot));
    return {
        ...container,
        slot,
        admitted:
            container.state === "running" &&
            (servers.length > 0 ? servers.every(server => server?.admin === "ready") : wasProved(container)),
        up: servers.every(server => server?.up === true),
        reached:
            servers.length > 0 && servers.every(server => server?.up === true && server.address === container.address),
    };
}

/** Docker is told to keep a container running once it is proved. Before that it has no restart policy. */
function wasProved({ restartPolicy }: ContainerInfo): boolean {
    return restartPolicy !== "no";
}
